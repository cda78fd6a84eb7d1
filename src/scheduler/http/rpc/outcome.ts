import type { CallName, ResponseCode, Wire, WireArgs } from '../../../api/index.ts';
import type { Caller } from '../caller.ts';

/** What a call came to, before the envelope that every reply has. */
export interface Outcome {
  readonly code: ResponseCode;
  readonly result?: Wire<'Result'>;
  readonly details?: readonly string[];
  /** How many things a change was about, for `thrift_workload_METHOD`. */
  readonly workload?: number;
}

export const ok = (result?: Wire<'Result'>): Outcome => (result ? { code: 'OK', result } : { code: 'OK' });

/** A change that went through; `workload` counts the tasks that it was about. */
export const changed = (workload: number): Outcome => ({ code: 'OK', workload });

export const okWithDetail = (detail: string): Outcome => ({ code: 'OK', details: [detail] });

export const invalidRequest = (detail: string): Outcome => ({ code: 'INVALID_REQUEST', details: [detail] });

export const updatingError = (job: string): Outcome => ({
  code: 'JOB_UPDATING_ERROR',
  details: [`Job ${job} is currently updating`],
});

/** Answers one method; what it throws becomes the reply (see dispatch.ts). */
export type Handler<M extends CallName> = (args: WireArgs<M>, caller: Caller) => Outcome | Promise<Outcome>;

export type Handlers = { readonly [M in CallName]?: Handler<M> };
