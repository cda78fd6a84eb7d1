import type { CallName, JobKey, ResponseCode, Wire, WireArgs } from '../../../api/index.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { Caller } from '../caller.ts';

/** What a call came to, before the envelope that every reply has. */
export interface Outcome {
  readonly code: ResponseCode;
  readonly result?: Wire<'Result'>;
  readonly details?: readonly string[];
  /** How many things a change was about, for `thrift_workload_METHOD`. */
  readonly workload?: number;
  /** It tells of a change that is in the log for good: true whatever happens to this scheduler afterwards. */
  readonly durable?: true;
}

export const ok = (result?: Wire<'Result'>): Outcome => (result ? { code: 'OK', result } : { code: 'OK' });

/** A change that went through; `workload` counts the tasks that it was about. */
export const changed = (workload: number): Outcome => ({ code: 'OK', workload });

export const okWithDetail = (detail: string): Outcome => ({ code: 'OK', details: [detail] });

export const invalidRequest = (detail: string): Outcome => ({ code: 'INVALID_REQUEST', details: [detail] });

/** @param updateId of the active update, which has to end first. */
export const updatingError = (job: string, updateId: string): Outcome => ({
  code: 'JOB_UPDATING_ERROR',
  details: [`Job ${job} is currently updating (update ${updateId})`],
});

/** Refuses a change of the job while an update of it is active, a paused one too. */
export function whileUpdating({ jobUpdates }: ReadStores, job: JobKey): Outcome | undefined {
  const active = jobUpdates.activeOf(job);
  return active && updatingError(jobKeyText(job), active.id);
}

/** Answers one method; what it throws becomes the reply (see dispatch.ts). */
export type Handler<M extends CallName> = (args: WireArgs<M>, caller: Caller) => Outcome | Promise<Outcome>;

export type Handlers = { readonly [M in CallName]?: Handler<M> };
