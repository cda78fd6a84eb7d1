import { readFileSync } from 'node:fs';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { healthChecker } from '../../../src/executor/health/checker.ts';
import { healthConfig } from '../../../src/executor/health/config.ts';
import {
  attemptsToRun,
  gaveUp,
  type HealthState,
  isExhausted,
  judged,
  UNCHECKED,
} from '../../../src/executor/health/machine.ts';
import { assert, count, suite } from '../../harness/index.ts';

interface Case {
  readonly id: string;
  readonly what: string;
  readonly config: object;
  readonly max_attempts_to_running: number;
  readonly forgiving_attempts: number;
  readonly steps: readonly {
    readonly status: string;
    readonly check: string;
    readonly running: boolean;
    readonly healthy: boolean;
    readonly attempts: number;
    readonly consecutive_failures: number;
    readonly consecutive_successes: number;
  }[];
}

const test = suite('health');
const statusOf = ({ healthy, running }: HealthState) =>
  healthy ? (running ? 'TASK_RUNNING' : 'TASK_STARTING') : 'TASK_FAILED';

test('the state after every check is the one that was recorded', () => {
  const cases = JSON.parse(readFileSync('test/golden/thermos/health-state.json', 'utf8')) as Case[];
  for (const { id, what, config, steps, ...limits } of cases) {
    const { rules } = healthConfig(config);
    assert.equal(
      [rules.forgiven, attemptsToRun(rules)],
      [limits.forgiving_attempts, limits.max_attempts_to_running],
      id,
    );
    let state = UNCHECKED;
    steps.forEach((step, at) => {
      if (step.check === 'skipped (attempts exhausted)') {
        assert.ok(isExhausted(rules, state), `${id} ${what}, step ${at}`);
        state = gaveUp(rules, state);
      } else {
        const good = step.check === 'success' || step.check.startsWith('skipped (snooze');
        state = judged(rules, state, good ? undefined : 'bad');
      }
      const { healthy, running, attempts, failures, successes } = state;
      assert.equal(
        { status: statusOf(state), healthy, running, attempts, failures, successes },
        {
          status: step.status,
          healthy: step.healthy,
          running: step.running,
          attempts: step.attempts,
          failures: step.consecutive_failures,
          successes: step.consecutive_successes,
        },
        `${id} ${what}, step ${at}`,
      );
    });
  }
  count('golden/thermos health-state', cases.length);
});

/** [grace, failures tolerated, successes needed, input, statuses]; T ok, F failure, - no check. */
const VECTORS: readonly [number, number, number, string, string][] = [
  [20, 0, 1, 'T', 'R'],
  [20, 0, 1, 'FT', 'SR'],
  [20, 0, 1, 'FFT', 'SSR'],
  [20, 0, 1, 'FFF', 'SSF'],
  [20, 0, 1, 'TFF', 'RRF'],
  [0, 0, 1, 'F', 'F'],
  [20, 4, 1, 'FFFFFFTFFFFF', 'SSSSSSRRRRRF'],
  [15, 2, 2, 'TTFFF', 'SRRRF'],
  [15, 2, 4, 'FFFFF', 'SSSSF'],
  [0, 1, 2, 'TFTF-', 'SSSSF'],
];

/** Runs a checker on a clock of its own; `letters` are the outcomes in turn, and one status a tick comes back. */
async function statuses(config: object, letters: string, snoozed: (tick: number) => boolean = () => false) {
  const clock = manualClock();
  const told: string[] = [];
  let [status, tick] = ['S', 0];
  let result = '';
  const checker = healthChecker({
    config: healthConfig(config),
    clock,
    snoozed: () => snoozed(tick),
    check: async () => {
      if (letters[tick] === 'T') return undefined;
      if (letters[tick] === 'F') return 'it says no';
      throw new Error('no check was expected');
    },
    events: {
      running: () => {
        status = 'R';
      },
      failed: (reason) => {
        status = 'F';
        told.push(reason);
      },
      changed: (answers) => void told.push(answers ? 'answers' : 'fails'),
    },
  });
  checker.start();
  while (tick < letters.length) {
    await new Promise((done) => setImmediate(done));
    result += status;
    tick++;
    if (tick < letters.length) clock.advance(10_000);
  }
  checker.stop();
  return { result, told, metrics: checker.metrics(), pending: clock.pending() };
}

test('a checker on a clock goes through the vectors', async () => {
  for (const [grace, tolerated, needed, input, expected] of VECTORS) {
    const config = {
      initial_interval_secs: grace,
      interval_secs: 10,
      max_consecutive_failures: tolerated,
      min_consecutive_successes: needed,
    };
    const { result, pending } = await statuses(config, input);
    assert.is(result, expected, `${grace} ${tolerated} ${needed} ${input}`);
    assert.is(pending, 0);
  }
  count('health vectors', VECTORS.length);
});

test('snoozed checks are successes that nobody makes; the metrics tell of them', async () => {
  const { result, metrics } = await statuses({ initial_interval_secs: 0 }, '-F', (tick) => tick === 0);
  assert.is(result, 'RF');
  assert.equal([metrics.checks, metrics.snoozed, metrics.consecutive_failures], [1, 0, 1]);
});

test('failures that are tolerated are told of, and that they are over', async () => {
  const { result, told } = await statuses({ initial_interval_secs: 0, max_consecutive_failures: 1 }, 'TFTFF');
  assert.is(result, 'RRRRF');
  assert.equal(told, ['fails', 'answers', 'fails', 'it says no']);
});

test('a configuration that cannot be kept is refused with its field', () => {
  assert.throws(() => healthConfig({ interval_secs: 0 }), /interval_secs must be at least/);
  assert.throws(() => healthConfig({ health_checker: { shell: {} } }), /shell_command/);
  assert.throws(
    () => healthConfig({ health_checker: { http: { endpoint: 'health' } } }),
    /begins with a slash/,
  );
});

test.run();
