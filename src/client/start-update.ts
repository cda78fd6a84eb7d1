import type { Wire } from '../api/index.ts';
import { diffText } from './diff-text.ts';
import { followUpdate } from './follow-update.ts';
import { hooked } from './hooks/call-hooks.ts';
import type { ConfigFlags, JobOfFile } from './job-config.ts';
import { type ClusterInstanceKey, jobKeyText } from './job-key.ts';
import { joinedMessages, requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { diffOf, loadForUpdate, updateRequestOf } from './update-request.ts';
import { type UpdateKey, updatePage } from './updates.ts';

export interface StartOptions {
  readonly config: ConfigFlags;
  readonly message?: string | undefined;
  readonly wait: boolean;
  readonly openBrowser: boolean;
}

/**
 * Starts exactly the update of a plan, if the plan still holds, and returns the exit code. Throws COMMAND_FAILED when
 * the file has changed since, and API, saying what differs, when the job on the scheduler has changed.
 */
export async function startPlanned(
  session: Session,
  path: string,
  { meant, file, ...options }: StartOptions & { readonly meant?: ClusterInstanceKey; readonly file?: string },
): Promise<number> {
  const { heldPlan } = await import('./start-plan.ts');
  const held = await heldPlan(session, path, { meant, file, config: options.config });
  const { planText } = await import('./plan-text.ts');
  session.print(planText(held.plan));
  return startAndFollow(session, held.scheduler, held.meant, held, options);
}

/**
 * Prints what an update would do, starts it, and waits for its end if asked. Returns the exit code: 0 also when there
 * is nothing to update. Throws COMMAND_FAILED for a cron job or a refused diff, API when the scheduler refuses the
 * update.
 */
export async function startUpdate(
  session: Session,
  meant: ClusterInstanceKey,
  { file, ...options }: StartOptions & { readonly file: string },
): Promise<number> {
  let known: SchedulerClient | undefined;
  const connect = () => (known ??= schedulerOf(session, meant.job.cluster));
  const converted = await loadForUpdate(session, connect, meant, file, options.config);
  const request = updateRequestOf(converted, meant.instances);
  session.print(diffText(await diffOf(session, connect(), request)));
  return startAndFollow(session, connect(), meant, { request, loaded: converted }, options);
}

interface Started {
  readonly request: Wire<'JobUpdateRequest'>;
  /** The job's file, for hooks. */
  readonly loaded: JobOfFile | undefined;
}

async function startAndFollow(
  session: Session,
  scheduler: SchedulerClient,
  meant: ClusterInstanceKey,
  started: Started,
  { message, wait, openBrowser }: StartOptions,
): Promise<number> {
  const response = await submitUpdate(session, scheduler, meant, started, message);
  const id = response.result?.startJobUpdateResult?.key?.id;
  if (id === undefined) {
    const said = joinedMessages(response);
    if (said) session.print(`${said}\n`);
    session.give?.({ job: jobKeyText(meant.job), message: said });
    return 0;
  }
  const key: UpdateKey = { job: meant.job, id };
  const page = await updatePage(scheduler, key);
  session.print(`Job update has started. View your update progress at ${page}\n`);
  if (openBrowser && page) session.openPage(page);
  session.give?.({ job: jobKeyText(meant.job), id, url: page });
  return wait ? followUpdate(session, scheduler, key, 'forward') : 0;
}

/** The metadata key of an id by which a repeated call is recognised. Source: the original client. */
export const UPDATE_ID = 'org.apache.aurora.client.update_id';

/**
 * Starts an update. When the call was repeated after it had gone through, the scheduler refuses the repetition and
 * names the update that is in the way; if that is ours, the start counts as a success.
 */
async function submitUpdate(
  session: Session,
  scheduler: SchedulerClient,
  { job, instances }: ClusterInstanceKey,
  { request, loaded: file }: Started,
  message: string | undefined,
): Promise<Wire<'Response'>> {
  const { randomUUID } = await import('node:crypto');
  const id = randomUUID();
  const { log } = session;
  log.info({}, `Starting update for: ${job.name}`);
  const metadata = [...(request.metadata ?? []), { key: UPDATE_ID, value: id }];
  const call = { method: 'start_job_update', job, file, about: { instances, message, metadata } } as const;
  const response = await hooked(session, call, async () => {
    const answer = await scheduler.query('startJobUpdate', { request: { ...request, metadata }, message });
    return isOwn(answer, id) ? { ...answer, responseCode: 'OK' as const } : answer;
  });
  return requireOk(response, log, { header: 'Failed to start update due to error:' });
}

/** Whether the update that is in the way was started by this same call, which was then repeated. */
export function isOwn({ responseCode, result }: Wire<'Response'>, id: string): boolean {
  const metadata = result?.startJobUpdateResult?.updateSummary?.metadata ?? [];
  const ids = metadata.filter(({ key }) => key === UPDATE_ID);
  return responseCode === 'INVALID_REQUEST' && ids.length === 1 && ids[0]?.value === id;
}
