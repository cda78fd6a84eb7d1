import {
  CALLS,
  type Call,
  type CallName,
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
  readonly storage: Pick<Storage, 'settled'>;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  readonly serverInfo: Wire<'ServerInfo'>;
  /** Undefined when calls can be served, else what the scheduler is doing instead. */
  notReady(): string | undefined;
  /** Whoever leads; what is read of the state here counts only while that is this scheduler. */
  leader(): Leader;
}

/** Answers any call of the API. Never throws: everything becomes a Response. */
export type Dispatch = (call: Pick<Call, 'method' | 'args'>, caller: Caller) => Promise<Wire<'Response'>>;

/** Failures that say something about the request or the moment; all others are errors of ours. */
const CODE_OF: { readonly [C in ErrorCode]?: ResponseCode } = {
  BAD_PARAMETER: 'INVALID_REQUEST',
  STORAGE: 'ERROR_TRANSIENT',
};

const later = (why: string): Outcome => ({
  code: 'ERROR_TRANSIENT',
  details: [`Storage is not READY: ${why}`],
});

function outcomeOf(thrown: unknown): Outcome {
  const code = thrown instanceof AuroraError ? CODE_OF[thrown.code] : undefined;
  return { code: code ?? 'ERROR', details: [messageOf(thrown)] };
}

/**
 * Puts the handlers behind what every call has in common: readiness, durability, the translation of what they throw,
 * server info, counts and timings. A reply leaves when everything that it could have seen is durable.
 */
export function dispatcher(settings: DispatchSettings): Dispatch {
  const { clock, counters, handlers, log } = settings;
  const answer = async (method: CallName, args: WireArgs<CallName>, caller: Caller): Promise<Outcome> => {
    const waiting = settings.notReady();
    if (waiting !== undefined) return later(waiting);
    const handler = handlers[method] as Handler<CallName> | undefined;
    if (!handler) return { code: 'ERROR', details: [`${method} is not supported by this version.`] };
    const outcome = await handler(args, caller);
    await settings.storage.settled();
    // The log tells of a write whether we lead; of a read, and of a call that found nothing to change, only this does.
    return settings.leader() === 'self' ? outcome : later('another scheduler may lead by now');
  };
  return async ({ method, args }, caller) => {
    const startMs = clock.monotonicMs();
    let outcome: Outcome;
    try {
      outcome = await answer(method, args, caller);
    } catch (error) {
      outcome = outcomeOf(error);
      if (outcome.code === 'ERROR')
        log.warn({ method, user: caller.user, error: messageOf(error) }, 'a call failed');
    }
    const ms = clock.monotonicMs() - startMs;
    counters.time(`scheduler_thrift_${method}`, ms, { percentiles: true });
    counters.add(`scheduler_thrift_response_${outcome.code}`);
    const shown = resultSize(outcome.result);
    if (shown !== undefined) counters.add(`scheduler_thrift_workload_${method}`, shown);
    if (outcome.workload !== undefined) counters.add(`thrift_workload_${method}`, outcome.workload);
    const line = { method, user: caller.user, code: outcome.code, args: blanked(args) };
    if (CALLS[method].service === 'ReadOnlyScheduler') log.debug(line, 'call');
    else log.info(line, 'call');
    return {
      responseCode: outcome.code,
      ...(outcome.result ? { result: outcome.result } : {}),
      serverInfo: settings.serverInfo,
      details: (outcome.details ?? []).map((message) => ({ message })),
    };
  };
}
