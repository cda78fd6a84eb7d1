import {
  type JobConfiguration,
  normalise,
  type TaskConfig,
  type Wire,
  withResources,
} from '../../api/index.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Executors } from '../launch/executors.ts';
import { isProduction, type Tiers } from '../tiers.ts';
import { checkExecutorData } from './executor-data.ts';
import { isGoodIdentifier, validJobKey } from './job-key.ts';
import { refused } from './job-refusal.ts';
import {
  checkConstraints,
  checkedContainer,
  checkResources,
  checkSlaPolicy,
  checkTaskIds,
} from './task-rules.ts';

/** What the rules for jobs depend on, including the flags. */
export interface ValidationSettings {
  readonly options: FlagSlice<'judging'>;
  readonly tiers: Tiers;
  readonly executors: Executors;
}

/** Ports of these names become links if a task has no links of its own. */
const LINKED_PORTS = ['health', 'http'];

function taskLinks(config: TaskConfig): TaskConfig['taskLinks'] {
  if (Object.keys(config.taskLinks).length > 0) return config.taskLinks;
  const names = config.resources.flatMap(({ namedPort }) => namedPort ?? []);
  const linked = LINKED_PORTS.filter((name) => names.includes(name));
  return Object.fromEntries(linked.map((name) => [name, `http://%host%:%port:${name}%`]));
}

function tierOf(name: string | undefined, tiers: Tiers): string {
  if (name === undefined) return tiers.defaultName;
  if (!isGoodIdentifier(name)) throw refused(`Tier contains illegal characters: ${name}`);
  if (!tiers.byName.has(name))
    throw refused(`Invalid tier '${name}'; known are ${[...tiers.byName.keys()].join(', ')}.`);
  return name;
}

/**
 * Checks a task configuration and fills in what the scheduler decides: tier, production, docker parameters, links. The
 * rules are applied in the order of the original's ConfigurationManager; the first one that is broken is reported.
 * @throws AuroraError BAD_PARAMETER with a sentence for the user; CODEC when a nested part is missing
 */
export function validTask(
  wire: Wire<'TaskConfig'>,
  instanceCount: number,
  { options, tiers, executors }: ValidationSettings,
): TaskConfig {
  const tierName = tierOf(wire.tier, tiers);
  const production = isProduction(tiers.byName.get(tierName) ?? { preemptible: true, revocable: false });
  if (!validJobKey(wire.job)) throw refused('Task configuration has an invalid job key.');
  const config = normalise('TaskConfig', { ...withResources(wire), tier: tierName, production });
  const executor = config.executorConfig;
  if (!executor && !config.container.docker) throw refused('Configuration may not be null: executorConfig');
  if (executor && !executors.has(executor.name))
    throw refused(
      `Executor '${executor.name}' is not configured; known are ${[...executors.keys()].join(', ')}.`,
    );
  checkTaskIds(config, instanceCount, executor ? (executors.get(executor.name)?.idPrefix ?? '') : '');
  checkConstraints(config);
  const container = checkedContainer(config, options);
  checkResources(config, options);
  if (config.mesosFetcherUris.length > 0 && !options.enableMesosFetcher)
    throw refused('Mesos fetcher for individual jobs is disabled in this cluster.');
  if ((container.mesos?.volumes.length ?? 0) > 0 && !options.allowContainerVolumes)
    throw refused('Container volumes are not allowed in this cluster.');
  checkSlaPolicy(config, instanceCount, production, options);
  checkExecutorData(config, instanceCount);
  return { ...config, container, taskLinks: taskLinks(config) };
}

/**
 * Checks a whole job and fills in its task.
 * @throws AuroraError as validTask
 */
export function validJob(wire: Wire<'JobConfiguration'>, settings: ValidationSettings): JobConfiguration {
  const { taskConfig, instanceCount = 0, owner } = wire;
  if (!taskConfig) throw refused('Job configuration must have a task configuration.');
  if (instanceCount <= 0) throw refused('Instance count must be positive.');
  const key = validJobKey(wire.key);
  if (!key) throw refused('Job key is invalid.');
  const environments = settings.options.allowedJobEnvironments;
  // The expression must match the whole name, even if it is not anchored; as in the original.
  if (environments.exec(key.environment)?.[0] !== key.environment)
    throw refused(`Job environment ${key.environment} doesn't match: ${environments.source}`);
  if (owner && !isGoodIdentifier(owner.user ?? ''))
    throw refused(`Job user contains illegal characters: ${owner.user ?? ''}`);
  const task = validTask(taskConfig, instanceCount, settings);
  if (wire.cronSchedule && task.isService) throw refused('A service task may not be run on a cron schedule.');
  return normalise('JobConfiguration', {
    ...wire,
    cronCollisionPolicy: wire.cronCollisionPolicy ?? 'KILL_EXISTING',
    taskConfig: task,
    key,
    instanceCount,
  });
}
