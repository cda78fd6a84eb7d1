import {
  type JobUpdateSettings,
  type Metadata,
  normalise,
  type TaskConfig,
  type Wire,
} from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { FlagSlice } from '../flags/slices.ts';
import { refused } from '../jobs/job-refusal.ts';
import { type ValidationSettings, validTask } from '../jobs/validation.ts';
import { strategyOf } from './strategy.ts';

/** A request for an update that is valid by itself, without regard to the job's state. */
export interface UpdateRequest {
  readonly config: TaskConfig;
  readonly instanceCount: number;
  readonly settings: JobUpdateSettings;
  readonly metadata: readonly Metadata[];
}

export interface RequestRules {
  readonly validation: ValidationSettings;
  readonly flags: Pick<FlagSlice<'updating'>, 'maxUpdateInstanceFailures'>;
}

/** The settings in the stored form, which always has a strategy, even if the client gave none. */
function withStrategy(wire: Wire<'JobUpdateSettings'>): JobUpdateSettings {
  const settings = normalise('JobUpdateSettings', wire);
  if (settings.updateStrategy) return settings;
  const groupSize = settings.updateGroupSize;
  const updateStrategy = settings.waitForBatchCompletion
    ? { batchStrategy: { groupSize, autopauseAfterBatch: false } }
    : { queueStrategy: { groupSize } };
  return { ...settings, updateStrategy };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const NOT_NEGATIVE = [
  'maxPerInstanceFailures',
  'maxFailedInstances',
  'minWaitInInstanceRunningMs',
  'blockIfNoPulsesAfterMs',
  'instanceStartTimeoutMs',
] as const;

function checkSettings(
  settings: JobUpdateSettings,
  config: Pick<Wire<'TaskConfig'>, 'slaPolicy'>,
  instanceCount: number,
  mostFailures: number,
): void {
  const { sizes } = strategyOf(settings);
  if (settings.updateStrategy?.varBatchStrategy && sizes.some((size) => size <= 0))
    throw refused('Every group of an update must have a positive size.');
  if (sum(sizes) <= 0) throw refused('An update must take on at least one instance at a time.');
  for (const name of NOT_NEGATIVE)
    if ((settings[name] ?? 0) < 0) throw refused(`${name} may not be negative.`);
  if (settings.maxPerInstanceFailures * instanceCount > mostFailures)
    throw refused(
      `The update allows ${settings.maxPerInstanceFailures} failures of each of ${instanceCount} instances, more than ${mostFailures} in all; lower maxPerInstanceFailures.`,
    );
  for (const { first, last } of settings.updateOnlyTheseInstances)
    if (last < first) throw refused(`The instances ${first}-${last} end before they begin.`);
  if (settings.slaAware && !config.slaPolicy)
    throw refused('slaAware needs an slaPolicy in the task configuration.');
}

/**
 * Validates the settings for a restart of `instanceCount` instances; `config` is the configuration of one of them.
 * Throws as validRequest.
 */
export function validRestartSettings(
  wire: Wire<'JobUpdateSettings'> | undefined,
  config: TaskConfig,
  instanceCount: number,
  { flags }: RequestRules,
): JobUpdateSettings {
  if (!wire) throw new AuroraError('API', 'a restart needs settings');
  const settings = withStrategy({ ...wire, updateOnlyTheseInstances: [] });
  checkSettings(settings, config, instanceCount, flags.maxUpdateInstanceFailures);
  return settings;
}

/**
 * Checks everything that does not depend on the job's state, in the order of the original's SchedulerThriftInterface.
 * @throws AuroraError API when a part is missing; CODEC for an unknown strategy; BAD_PARAMETER for a broken rule.
 */
export function validRequest(
  wire: Wire<'JobUpdateRequest'> | undefined,
  { validation, flags }: RequestRules,
): UpdateRequest {
  const { taskConfig, settings: given, instanceCount = 0, metadata } = wire ?? {};
  if (!taskConfig || !given)
    throw new AuroraError('API', 'an update needs a task configuration and settings');
  if (!taskConfig.isService) throw refused('Updates are not supported for non-service tasks.');
  const settings = withStrategy(given);
  checkSettings(settings, taskConfig, instanceCount, flags.maxUpdateInstanceFailures);
  const config = validTask(taskConfig, instanceCount, validation);
  const most = validation.options.maxTasksPerJob;
  if (instanceCount <= 0) throw refused('Instance count must be positive.');
  if (instanceCount > most)
    throw refused(`A job may have ${most} tasks at most; ${instanceCount} were asked for.`);
  return {
    config,
    instanceCount,
    settings,
    metadata: (metadata ?? []).map((one) => normalise('Metadata', one)),
  };
}
