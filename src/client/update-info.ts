import type { Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { type UpdateKey, updateMeant, utcText, wireUpdateKey } from './updates.ts';

export type UpdateDetails = Wire<'JobUpdateDetails'>;

/** Prints an update and its events; without an id, the job's active update. */
export async function showUpdate(
  session: Session,
  job: ClusterJobKey,
  id: string | undefined,
  { json }: { readonly json: boolean },
): Promise<void> {
  const scheduler = schedulerOf(session, job.cluster);
  const key = await updateMeant(session, scheduler, job, id);
  const details = await detailsOf(session, scheduler, key);
  session.give?.({ job: jobKeyText(key.job), id: key.id, ...details });
  session.print(json ? `${JSON.stringify(infoForm(key, details), null, 2)}\n` : infoText(key, details));
}

/** Everything about an update. Throws BAD_PARAMETER when there is no update with that key, and API. */
export async function detailsOf(
  { log }: Pick<Session, 'log'>,
  scheduler: SchedulerClient,
  update: UpdateKey,
): Promise<UpdateDetails> {
  const key = wireUpdateKey(update);
  const response = await scheduler.query('getJobUpdateDetails', { key, query: { key } });
  const result = requireOk(response, log).result?.getJobUpdateDetailsResult;
  // Schedulers before 0.17 answer with the single field.
  const [details] = result?.detailsList ?? (result?.details ? [result.details] : []);
  if (details) return details;
  throw new AuroraError('BAD_PARAMETER', `There is no update ${update.id} of ${jobKeyText(update.job)}`, {
    next: `see 'aurora update list ${jobKeyText(update.job)}'`,
  });
}

type Metadata = readonly { readonly key: string; readonly value: string }[];

/** The metadata sorted by key, then by value; undefined when there is none. */
function metadataOf({ update }: UpdateDetails): Metadata | undefined {
  const entries = update?.summary?.metadata;
  if (!entries) return undefined;
  const order = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
  return entries
    .map(({ key = '', value = '' }) => ({ key, value }))
    .sort((a, b) => order(a.key, b.key) || order(a.value, b.value));
}

/** Source: the original's layout. */
function infoText({ job, id }: UpdateKey, details: UpdateDetails): string {
  const state = details.update?.summary?.state;
  const { updateEvents = [], instanceEvents = [] } = details;
  const metadata = metadataOf(details) ?? [];
  const part = (title: string, lines: readonly string[]) => (lines.length > 0 ? [title, ...lines] : []);
  const lines = [
    `Job: ${jobKeyText(job)}, UpdateID: ${id}`,
    `Started ${utcText(state?.createdTimestampMs)}, last activity: ${utcText(state?.lastModifiedTimestampMs)}`,
    `Current status: ${state?.status}`,
    ...part(
      'Update events:',
      updateEvents.flatMap(({ status, timestampMs, message }) => [
        `  Status: ${status} at ${utcText(timestampMs)}`,
        ...(message ? [`      message: ${message}`] : []),
      ]),
    ),
    ...part(
      'Instance events:',
      instanceEvents.map(
        ({ instanceId, timestampMs, action }) =>
          `  Instance ${instanceId} at ${utcText(timestampMs)}: ${action}`,
      ),
    ),
    ...part(
      'Metadata:',
      metadata.map(({ key, value }) => `  ${key}: ${value}`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Source: the keys of the original's `--write-json`, where `started` is a number but `last_modified` a text. */
function infoForm({ job, id }: UpdateKey, details: UpdateDetails) {
  const state = details.update?.summary?.state;
  const metadata = metadataOf(details);
  return {
    updateId: id,
    job: jobKeyText(job),
    started: Number(state?.createdTimestampMs ?? 0),
    last_modified: utcText(state?.lastModifiedTimestampMs),
    status: state?.status,
    update_events: (details.updateEvents ?? []).map(({ status, timestampMs, message }) => ({
      status,
      timestampMs: Number(timestampMs ?? 0),
      ...(message ? { message } : {}),
    })),
    instance_update_events: (details.instanceEvents ?? []).map(({ instanceId, timestampMs, action }) => ({
      instance: instanceId,
      timestamp: Number(timestampMs ?? 0),
      action,
    })),
    ...(metadata ? { metadata: metadata.map(({ key, value }) => ({ [key]: value })) } : {}),
  };
}
