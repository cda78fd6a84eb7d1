import type { JobKey, JobUpdateDetails, JobUpdateSettings } from '../../../api/index.ts';
import { toNumber } from '../../../api/index.ts';
import type { UpdateReply, UpdateSettingsShown, UpdateVersion } from '../../../api/views/updates.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { idsIn } from '../../updater/instances.ts';
import { toldUpdate } from '../../updater/restart.ts';
import { strategyOf } from '../../updater/strategy.ts';
import { configShown } from './config-shown.ts';
import { numbered } from './instance-columns.ts';
import { requiredJob, requiredText } from './required-names.ts';
import { instancesOf, updateRow } from './update-rows.ts';
import { notFound } from './view-refusal.ts';
import type { View } from './view-settings.ts';

function settingsShown(settings: JobUpdateSettings): UpdateSettingsShown {
  const { kind, sizes, autoPause } = strategyOf(settings);
  const { blockIfNoPulsesAfterMs: pulseMs, instanceStartTimeoutMs: startTimeoutMs } = settings;
  return {
    strategy: kind === 'queue' ? 'queue' : sizes.length > 1 ? 'variable batch' : 'batch',
    groupSizes: sizes,
    autopause: autoPause,
    maxPerInstanceFailures: settings.maxPerInstanceFailures,
    maxFailedInstances: settings.maxFailedInstances,
    minWaitMs: settings.minWaitInInstanceRunningMs,
    rollback: settings.rollbackOnFailure,
    slaAware: settings.slaAware === true,
    ...(pulseMs ? { pulseMs } : {}),
    ...(startTimeoutMs ? { startTimeoutMs } : {}),
  };
}

function instanceEvents({ instanceEvents: events }: JobUpdateDetails): UpdateReply['instanceEvents'] {
  const [actions, messages] = [numbered<string>(), numbered<string>()];
  return {
    instance: events.map(({ instanceId }) => instanceId),
    atMs: events.map(({ timestampMs }) => toNumber(timestampMs)),
    action: events.map(({ action }) => actions.place(action)),
    message: events.map(({ message }) => messages.place(message)),
    actions: actions.values(),
    messages: messages.values(),
  };
}

const MOST_VERSIONS = 50;

/** Other updates of the job that have a desired configuration, latest first. */
function versionsOf({ jobUpdates }: ReadStores, job: JobKey, id: string): UpdateVersion[] {
  const versions = jobUpdates.ofJob(job).flatMap(({ key }): UpdateVersion[] => {
    const details = key.id === id ? undefined : jobUpdates.get(key);
    if (!details?.update.instructions.desiredState) return [];
    const { state, user } = details.update.summary;
    const message = details.updateEvents[0]?.message;
    return [
      {
        id: key.id,
        user,
        createdMs: toNumber(state?.createdTimestampMs ?? 0),
        ...(message ? { message } : {}),
      },
    ];
  });
  return versions.sort((a, b) => b.createdMs - a.createdMs).slice(0, MOST_VERSIONS);
}

/**
 * One update with its history. `with` names another update, whose configuration is shown beside this one's for
 * comparison.
 */
export const updateView: View = ({ storage }, query): UpdateReply => {
  const job = requiredJob(query);
  const id = requiredText(query, 'id');
  return storage.read((stores) => {
    const details = stores.jobUpdates.get({ job, id });
    const row = updateRow(stores, { job, id });
    if (!details || !row)
      throw notFound(
        `Job ${jobKeyText(job)} has no update ${id}. Updates that are over are forgotten after a while (-job_update_history_per_job_threshold).`,
        stores.jobUpdates
          .ofJob(job)
          .slice(0, 5)
          .map(({ key }) => key.id),
      );
    const { instructions, summary } = toldUpdate(details.update);
    const { desiredState, initialState, settings } = instructions;
    const other =
      query.with === undefined
        ? undefined
        : stores.jobUpdates.get({ job, id: query.with })?.update.instructions.desiredState;
    return {
      row,
      settings: settingsShown(settings),
      events: details.updateEvents.map(({ message, status, timestampMs, user }) => ({
        status,
        atMs: toNumber(timestampMs),
        ...(user ? { user } : {}),
        ...(message ? { message } : {}),
      })),
      instanceEvents: instanceEvents(details),
      instances: instancesOf(details),
      before: initialState.map(({ instances, task }) => configShown(task, [...idsIn(instances)])),
      ...(desiredState ? { after: configShown(desiredState.task, [...idsIn(desiredState.instances)]) } : {}),
      versions: versionsOf(stores, job, id),
      ...(other ? { other: configShown(other.task, [...idsIn(other.instances)]) } : {}),
      metadata: (summary.metadata ?? []).map(({ key, value }) => [key, value] as const),
    };
  });
};
