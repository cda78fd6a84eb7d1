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
  /** Most items that one read may return; 0, the default, means no limit. */
  readonly mostItems?: number;
  /** What the scheduler is still busy with; undefined when it can serve calls. */
  notReady(): string | undefined;
  /** Who leads. Reads of the state are valid only while this scheduler does. */
  leader(): Leader;
}

/** Answers any call of the API. Never rejects: every failure becomes a Response. */
export type Dispatch = (call: Pick<Call, 'method' | 'args'>, caller: Caller) => Promise<Wire<'Response'>>;

/** Error codes that are the fault of the request; all others become ERROR. */
const CODE_OF: { readonly [C in ErrorCode]?: ResponseCode } = { BAD_PARAMETER: 'INVALID_REQUEST' };

/** For calls that did nothing: clients repeat them on their own. */
const later = (why: string): Outcome => ({
  code: 'ERROR_TRANSIENT',
  details: [`Storage is not READY: ${why}`],
});

/** For calls that may have taken effect: the client must check before it repeats them. */
const doubtful = (method: CallName, why: string): Outcome => ({
  code: 'ERROR',
  details: [
    `${method} may or may not have been carried out: ${why}; see what became of it before you try again`,
  ],
});

/** Refuses a result that is too large, before it is encoded. */
const tooMany = (method: CallName, items: number, most: number): Outcome => ({
  code: 'INVALID_REQUEST',
  details: [
    `${method} would return ${items} items; one answer may have ${most} (-http_max_result_items): ask for fewer, by a role, a job, or offset and limit`,
  ],
});

const ANOTHER_LEADS = 'another scheduler may lead by now';

/**
 * Wraps the handlers in what all calls share: readiness, durability, turning errors into replies, server info, counters
 * and timings. A reply is sent only when everything it can have seen is durable.
 *
 * ERROR_TRANSIENT makes clients repeat a call. For a call that makes changes it is used only before the handler has
 * begun. Later failures say that the outcome is in doubt, unless the change is known to be in the log. Reads can be
 * repeated at any time.
 */
export function dispatcher(settings: DispatchSettings): Dispatch {
  const { clock, counters, handlers, leader, log, mostItems = 0, storage } = settings;

  /** Why a call cannot begin; undefined when it can. */
  const obstacle = (reads: boolean): string | undefined => {
    const waiting = settings.notReady();
    if (waiting !== undefined || reads) return waiting;
    return storage.refusesWrites()?.message ?? (leader() === 'self' ? undefined : ANOTHER_LEADS);
  };
  /**
   * Runs a handler and turns a refusal that it throws into an outcome.
   * @throws AuroraError STORAGE
   */
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
      // For a write the log has told whether we lead. For a read, or a call that changed nothing, only this check does.
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
