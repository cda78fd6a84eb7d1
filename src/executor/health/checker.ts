import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { HealthConfig } from './config.ts';
import { gaveUp, type HealthState, isExhausted, judged, UNCHECKED } from './machine.ts';

/** What is told about a task's health; each of the first two at most once. */
export interface HealthEvents {
  /** It has become healthy for the first time. */
  running(): void;
  /** It is unhealthy for good. */
  failed(reason: string): void;
  /** The last check that counts has succeeded or failed; told when that changes after `running`. */
  changed(answers: boolean): void;
}

/** Names as the original's, so that what collects them finds them. */
export interface HealthMetrics {
  readonly consecutive_failures: number;
  readonly snoozed: 0 | 1;
  readonly total_latency_secs: number;
  readonly checks: number;
}

export interface HealthChecker {
  /** The first check is made at once. */
  start(): void;
  /** No check and no event comes after it. */
  stop(): void;
  metrics(): HealthMetrics;
}

interface CheckerOptions {
  readonly config: Pick<HealthConfig, 'rules' | 'intervalMs'>;
  /** Why the task is unhealthy now, undefined when it is not. Ends within its own timeout. */
  readonly check: () => Promise<string | undefined>;
  /** While true, every check counts as a success without being made. */
  readonly snoozed: () => boolean;
  readonly clock: Clock;
  readonly events: HealthEvents;
}

/** Makes one check after the other, with the interval between the end of one and the begin of the next. */
export function healthChecker({ config, check, snoozed, clock, events }: CheckerOptions): HealthChecker {
  const { rules, intervalMs } = config;
  let state: HealthState = UNCHECKED;
  let timer: Timer | undefined;
  let stopped = false;
  let asleep = false;
  let latencyMs = 0;
  let checks = 0;

  const become = (next: HealthState) => {
    const before = state;
    state = next;
    if (!before.running && next.running && before.healthy) events.running();
    if (before.running && (before.failures === 0) !== (next.failures === 0))
      events.changed(next.failures === 0);
    if (before.healthy && !next.healthy) events.failed(next.reason ?? 'the task is unhealthy');
  };

  const measured = async (): Promise<string | undefined> => {
    const startMs = clock.monotonicMs();
    try {
      return await check();
    } catch (error) {
      return `the health check could not be made: ${messageOf(error)}`;
    } finally {
      checks++;
      latencyMs += clock.monotonicMs() - startMs;
    }
  };

  const tick = async () => {
    if (isExhausted(rules, state)) return become(gaveUp(rules, state));
    asleep = snoozed();
    const reason = asleep ? undefined : await measured();
    if (stopped) return;
    become(judged(rules, state, reason));
    if (!stopped && state.healthy) timer = clock.after(intervalMs, () => void tick());
  };

  return {
    start: () => void tick(),
    stop() {
      stopped = true;
      timer?.cancel();
    },
    metrics: () => ({
      consecutive_failures: state.failures,
      snoozed: asleep ? 1 : 0,
      total_latency_secs: latencyMs / 1000,
      checks,
    }),
  };
}
