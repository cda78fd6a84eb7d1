/**
 * Whether a task counts as started and as healthy, given the outcomes of its checks. Pure.
 * Source: the original's health checker (golden/thermos/health-state.json).
 */

/** Limits of the judgement; all counts are at least 0. */
export interface HealthRules {
  /** Checks at the start whose failure does not count: the grace period in intervals, rounded up. */
  readonly forgiven: number;
  /** Failures in a row that a task survives. */
  readonly maxConsecutiveFailures: number;
  /** Successes in a row that make it RUNNING. */
  readonly minConsecutiveSuccesses: number;
}

export interface HealthState {
  readonly healthy: boolean;
  /** Once true it stays so. */
  readonly running: boolean;
  /** Checks so far; the count ends one above the attempts that a task has to become RUNNING. */
  readonly attempts: number;
  readonly failures: number;
  readonly successes: number;
  /** Of the check that made it unhealthy. */
  readonly reason: string | undefined;
}

export const UNCHECKED: HealthState = {
  healthy: true,
  running: false,
  attempts: 0,
  failures: 0,
  successes: 0,
  reason: undefined,
};

/** Checks within which a task has to become RUNNING. */
export const attemptsToRun = (rules: HealthRules): number =>
  rules.forgiven + rules.maxConsecutiveFailures + rules.minConsecutiveSuccesses;

const unhealthy = (state: HealthState, reason: string): HealthState =>
  state.healthy ? { ...state, healthy: false, reason } : state;

/** True when no further check can make the task RUNNING; then `gaveUp` is its state. */
export const isExhausted = (rules: HealthRules, state: HealthState): boolean =>
  !state.running && state.attempts > attemptsToRun(rules);

export const gaveUp = (rules: HealthRules, state: HealthState): HealthState =>
  unhealthy(
    state,
    `no ${rules.minConsecutiveSuccesses} successful health checks in a row within ${attemptsToRun(rules)} checks`,
  );

/** The state after a check; `reason` says why it failed, undefined when it succeeded or the task is snoozed. */
export function judged(rules: HealthRules, before: HealthState, reason: string | undefined): HealthState {
  const limit = attemptsToRun(rules);
  const attempts = Math.min(before.attempts + 1, limit + 1);
  const state = { ...before, attempts };
  if (reason === undefined) {
    const successes = state.successes + 1;
    const running = state.running || successes >= rules.minConsecutiveSuccesses;
    return { ...state, successes, running, failures: 0 };
  }
  if (attempts <= rules.forgiven) return { ...state, successes: 0 };
  const failures = state.failures + 1;
  const counted = { ...state, successes: 0, failures };
  const left = limit - attempts;
  const hopeless = !state.running && left > 1 && rules.minConsecutiveSuccesses > left;
  if (hopeless)
    return unhealthy(
      counted,
      `${reason}; ${left} checks are left, too few for ${rules.minConsecutiveSuccesses} successes in a row`,
    );
  return failures > rules.maxConsecutiveFailures ? unhealthy(counted, reason) : counted;
}
