/**
 * Decides from the outcomes of its checks whether a task counts as running and as healthy. Pure.
 * Source: the original's health checker (golden/thermos/health-state.json).
 */

/** Limits of the judgement; all counts are at least 0. */
export interface HealthRules {
  /** How many checks at the start may fail without counting: the grace period in intervals, rounded up. */
  readonly forgiven: number;
  /** How many failures in a row a task survives. */
  readonly maxConsecutiveFailures: number;
  /** How many successes in a row make it RUNNING. */
  readonly minConsecutiveSuccesses: number;
}

export interface HealthState {
  readonly healthy: boolean;
  /** Once true, it stays true. */
  readonly running: boolean;
  /** Checks so far; the count stops at `attemptsToRun` + 1. */
  readonly attempts: number;
  readonly failures: number;
  readonly successes: number;
  /** Why the task is unhealthy; undefined while it is healthy. */
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

/** The number of checks within which a task has to become RUNNING. */
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

/** The state after a check; `reason` says why the check failed, undefined when it succeeded or was snoozed. */
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
