import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { HealthConfig } from './config.ts';
import { gaveUp, type HealthState, isExhausted, judged, UNCHECKED } from './machine.ts';

/** Events about a task's health; `running` and `failed` come at most once each. */
export interface HealthEvents {
  /** The task has become healthy for the first time. */
  running(): void;
  /** The task is unhealthy for good. */
  failed(reason: string): void;
  /** After `running`: the outcome of the checks has changed to success (true) or failure (false). */
  changed(answers: boolean): void;
}

/** Uses the original's names, so that existing collectors find them. */
export interface HealthMetrics {
  readonly consecutive_failures: number;
  readonly snoozed: 0 | 1;
  readonly total_latency_secs: number;
  readonly checks: number;
}

export interface HealthChecker {
  /** The first check is made at once. */
  start(): void;
  /** After this call no check begins and no event comes. */
  stop(): void;
  metrics(): HealthMetrics;
}

interface CheckerOptions {
  readonly config: Pick<HealthConfig, 'rules' | 'intervalMs'>;
  /** Resolves with the reason why the task is unhealthy now, undefined when it is healthy; keeps its own timeout. */
  readonly check: () => Promise<string | undefined>;
  /** While true, every check counts as a success without being made. */
  readonly snoozed: () => boolean;
  readonly clock: Clock;
  readonly events: HealthEvents;
}

/** Makes one check after the other; the interval lies between the end of a check and the start of the next. */
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
