import type { CallName, JobKey, ResponseCode, Wire, WireArgs } from '../../../api/index.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { Caller } from '../caller.ts';

/** Result of a call, before it is put into the envelope that every reply has. */
export interface Outcome {
  readonly code: ResponseCode;
  readonly result?: Wire<'Result'>;
  readonly details?: readonly string[];
  /** How many things a change affected, for `thrift_workload_METHOD`. */
  readonly workload?: number;
  /** The outcome reports a change that is in the log for good, so it holds whatever happens to this scheduler later. */
  readonly durable?: true;
}

export const ok = (result?: Wire<'Result'>): Outcome => (result ? { code: 'OK', result } : { code: 'OK' });

/** A change that succeeded; `workload` is the number of tasks that it affected. */
export const changed = (workload: number): Outcome => ({ code: 'OK', workload });

export const okWithDetail = (detail: string): Outcome => ({ code: 'OK', details: [detail] });

export const invalidRequest = (detail: string): Outcome => ({ code: 'INVALID_REQUEST', details: [detail] });

/**
 * Refuses because of an active update, which has to end first.
 * @param updateId the active update's id.
 */
export const updatingError = (job: string, updateId: string): Outcome => ({
  code: 'JOB_UPDATING_ERROR',
  details: [`Job ${job} is currently updating (update ${updateId})`],
});

/** Refuses to change the job while one of its updates is active, including a paused one; undefined when none is. */
export function whileUpdating({ jobUpdates }: ReadStores, job: JobKey): Outcome | undefined {
  const active = jobUpdates.activeOf(job);
  return active && updatingError(jobKeyText(job), active.id);
}

/** Handles one method. Errors that it throws become the reply (see dispatch.ts). */
export type Handler<M extends CallName> = (args: WireArgs<M>, caller: Caller) => Outcome | Promise<Outcome>;

export type Handlers = { readonly [M in CallName]?: Handler<M> };
