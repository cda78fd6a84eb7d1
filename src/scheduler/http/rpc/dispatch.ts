import {
  type Call,
  type CallName,
  isReadCall,
  type ResponseCode,
  type Wire,
  type WireArgs,
} from '../../../api/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { AuroraError, type ErrorCode, messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { Storage } from '../../storage/index.ts';
import type { Caller } from '../caller.ts';
import type { Leader } from '../leader-redirect.ts';
import { blanked } from './logged-args.ts';
import type { Handler, Handlers, Outcome } from './outcome.ts';
import { resultSize } from './workload.ts';

export interface DispatchSettings {
  readonly handlers: Handlers;
  readonly storage: Pick<Storage, 'settled' | 'refusesWrites'>;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  readonly serverInfo: Wire<'ServerInfo'>;
  /** Things that one read may return; 0, the default, has no limit. */
  readonly mostItems?: number;
  /** Undefined when calls can be served, else what the scheduler is doing instead. */
  notReady(): string | undefined;
  /** Whoever leads; what is read of the state here counts only while that is this scheduler. */
  leader(): Leader;
}

/** Answers any call of the API. Never throws: everything becomes a Response. */
export type Dispatch = (call: Pick<Call, 'method' | 'args'>, caller: Caller) => Promise<Wire<'Response'>>;

/** Failures that say something about the request; all others are errors of ours. */
const CODE_OF: { readonly [C in ErrorCode]?: ResponseCode } = { BAD_PARAMETER: 'INVALID_REQUEST' };

/** Nothing has happened: the client repeats the call without asking anybody. */
const later = (why: string): Outcome => ({
  code: 'ERROR_TRANSIENT',
  details: [`Storage is not READY: ${why}`],
});

/** Nobody may repeat this call without having looked first. */
const doubtful = (method: CallName, why: string): Outcome => ({
  code: 'ERROR',
  details: [
    `${method} may or may not have been carried out: ${why}; see what became of it before you try again`,
  ],
});

/** Refused before anything is encoded. */
const tooMany = (method: CallName, items: number, most: number): Outcome => ({
  code: 'INVALID_REQUEST',
  details: [
    `${method} would return ${items} items; one answer may have ${most} (-http_max_result_items): ask for fewer, by a role, a job, or offset and limit`,
  ],
});

const ANOTHER_LEADS = 'another scheduler may lead by now';

/**
 * Puts the handlers behind what every call has in common: readiness, durability, the translation of what they throw,
 * server info, counts and timings. A reply leaves when everything that it could have seen is durable.
 *
 * ERROR_TRANSIENT makes clients repeat the call. It is said of a call that changes things only before its handler has
 * begun; whatever fails later is told as doubtful, except for a change that is known to be in the log. Reads may be
 * repeated at any time.
 */
export function dispatcher(settings: DispatchSettings): Dispatch {
  const { clock, counters, handlers, leader, log, mostItems = 0, storage } = settings;

  /** Why a call cannot be begun; undefined when it can. */
  const obstacle = (reads: boolean): string | undefined => {
    const waiting = settings.notReady();
    if (waiting !== undefined || reads) return waiting;
    return storage.refusesWrites()?.message ?? (leader() === 'self' ? undefined : ANOTHER_LEADS);
  };
  /** What a handler answers, thrown refusals included. @throws AuroraError STORAGE */
  const handled = async (run: () => Outcome | Promise<Outcome>): Promise<Outcome> => {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof AuroraError) || error.code === 'STORAGE') throw error;
      return { code: CODE_OF[error.code] ?? 'ERROR', details: [messageOf(error)] };
    }
  };
  const answer = async (method: CallName, args: WireArgs<CallName>, caller: Caller): Promise<Outcome> => {
    const reads = isReadCall(method);
    const handler = handlers[method] as Handler<CallName> | undefined;
    const waiting = obstacle(reads || !handler);
    if (waiting !== undefined) return later(waiting);
    if (!handler) return { code: 'ERROR', details: [`${method} is not supported by this version.`] };
    const unsure = (why: string) => (reads ? later(why) : doubtful(method, why));
    try {
      const outcome = await handled(() => handler(args, caller));
      if (outcome.durable) return outcome;
      await storage.settled();
      // The log tells of a write whether we lead; of a read, and of a call that found nothing to change, only this does.
      return leader() === 'self' ? outcome : unsure(ANOTHER_LEADS);
    } catch (error) {
      if (!(error instanceof AuroraError)) throw error;
      return unsure(messageOf(error));
    }
  };
  return async ({ method, args }, caller) => {
    const startMs = clock.monotonicMs();
    let outcome: Outcome;
    try {
      outcome = await answer(method, args, caller);
    } catch (error) {
      outcome = { code: 'ERROR', details: [messageOf(error)] };
      counters.add('uncaught_exceptions');
    }
    const shown = resultSize(outcome.result);
    if (mostItems > 0 && shown !== undefined && shown > mostItems && isReadCall(method))
      outcome = tooMany(method, shown, mostItems);
    if (outcome.code === 'ERROR')
      log.warn({ method, user: caller.user, error: outcome.details?.join() }, 'a call failed');
    const ms = clock.monotonicMs() - startMs;
    counters.time(`scheduler_thrift_${method}`, ms, { percentiles: true });
    counters.add(`scheduler_thrift_response_${outcome.code}`);
    if (shown !== undefined) counters.add(`scheduler_thrift_workload_${method}`, shown);
    if (outcome.workload !== undefined) counters.add(`thrift_workload_${method}`, outcome.workload);
    const line = { method, user: caller.user, code: outcome.code, args: blanked(args) };
    if (isReadCall(method)) log.debug(line, 'call');
    else log.info(line, 'call');
    return {
      responseCode: outcome.code,
      ...(outcome.result ? { result: outcome.result } : {}),
      serverInfo: settings.serverInfo,
      details: (outcome.details ?? []).map((message) => ({ message })),
    };
  };
}
