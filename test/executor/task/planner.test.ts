import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseTask } from '../../../src/api/thermos/parse.ts';
import { planOf } from '../../../src/api/thermos/plan.ts';
import {
  type PlanState,
  type ProcessOutcome,
  played,
  survey,
  unplayed,
} from '../../../src/executor/task/planner.ts';
import { assert, count, suite } from '../../harness/index.ts';

interface View {
  readonly runnable: readonly string[];
  readonly min_wait: number | null;
  readonly complete: boolean;
  readonly running: readonly string[];
  readonly finished: readonly string[];
  readonly failed: readonly string[];
  readonly waiting: Readonly<Record<string, number>>;
}

interface Step extends View {
  readonly op: 'run' | 'ok' | 'fail' | 'lost' | 'tick';
  readonly process: string | null;
  readonly t: number;
  readonly error_class?: string;
  readonly omitted_steps?: number;
}

interface Case {
  readonly id: string;
  readonly plan: 'regular' | 'final';
  readonly what: string;
  readonly task: Record<string, unknown>;
  readonly at_start?: View;
  readonly steps?: readonly Step[];
  readonly error_class?: string;
}

const cases = JSON.parse(readFileSync('test/golden/thermos/planner.json', 'utf8')) as readonly Case[];
const WHAT = { run: 'started', ok: 'succeeded', fail: 'failed', lost: 'lost' } as const;

/** The original notes an end before it finds that nothing ran; a refused event changes nothing here. */
const STATE_AFTER_REFUSAL_DIFFERS = new Set(['p15']);

/** Two processes of one name: the original ran the later one; refused here. */
const REFUSED_HERE = new Set(cases.filter(({ task }) => hasTwins(task.processes)).map(({ id }) => id));

function hasTwins(processes: unknown): boolean {
  const names = (processes as readonly { readonly name: string }[]).map(({ name }) => name);
  return new Set(names).size < names.length;
}
/** Where ours goes on: successes do not count against the cap, so that a daemon may do its work for ever. */
const NOT_CAPPED = new Set(['p12', 'p13']);

const planOfCase = ({ task, plan }: Case) => planOf(parseTask(task), plan);

function viewOf(plan: ReturnType<typeof planOf>, state: PlanState, nowMs: number): View {
  const found = survey(plan, state, nowMs);
  const waits = [...found.waitingMs.values()];
  const minWait = found.runnable.length > 0 ? 0 : waits.length > 0 ? Math.min(...waits) / 1000 : null;
  const sorted = (names: readonly string[]) => [...names].sort();
  return {
    runnable: sorted(found.runnable),
    min_wait: minWait,
    complete: found.complete,
    running: sorted(found.running),
    finished: sorted(found.finished),
    failed: sorted(found.failed),
    waiting: Object.fromEntries([...found.waitingMs].map(([name, ms]) => [name, ms / 1000])),
  };
}

const expectedView = ({ runnable, min_wait, complete, running, finished, failed, waiting }: View): View => ({
  runnable: [...runnable].sort(),
  min_wait,
  complete,
  running: [...running].sort(),
  finished: [...finished].sort(),
  failed: [...failed].sort(),
  waiting,
});

function replay(golden: Case): void {
  const plan = planOfCase(golden);
  let state = unplayed(plan);
  assert.equal(viewOf(plan, state, 0), expectedView(golden.at_start as View), `${golden.id}: at the start`);
  const pattern: Step[] = [];
  const apply = (step: Step, nowMs: number): boolean => {
    if (step.op === 'tick') return true;
    try {
      state = played(plan, state, { process: step.process as string, what: WHAT[step.op] }, nowMs);
      return true;
    } catch {
      return false;
    }
  };
  for (const step of golden.steps ?? []) {
    if (step.omitted_steps !== undefined) {
      // Left out of the recording are further rounds like the two before, one second each.
      for (let at = 0; at < step.omitted_steps; at++) {
        const like = pattern[at % pattern.length] as Step;
        apply(like, ((pattern.length + at) / 2) * 1000);
      }
      continue;
    }
    pattern.push(step);
    const where = `${golden.id}: ${step.op} at ${step.t}`;
    assert.is(apply(step, step.t * 1000), step.error_class === undefined, where);
    if (STATE_AFTER_REFUSAL_DIFFERS.has(golden.id)) continue;
    if (NOT_CAPPED.has(golden.id) && step === golden.steps?.at(-1)) {
      const { failed } = viewOf(plan, state, step.t * 1000);
      assert.equal(failed, [], where);
      continue;
    }
    assert.equal(viewOf(plan, state, step.t * 1000), expectedView(step), where);
  }
}

const test = suite('executor planner');

test('does what the original did, step by step', () => {
  for (const golden of cases) {
    if (golden.error_class || REFUSED_HERE.has(golden.id))
      assert.throws(() => planOfCase(golden), /waits? for|two processes/, golden.id);
    else replay(golden);
  }
  assert.is(REFUSED_HERE.size, 1);
  count('golden/thermos planner', cases.length);
});

test('a refused event leaves the state as it was', () => {
  const plan = planOf(parseTask({ processes: [{ name: 'a', cmdline: 'true' }] }), 'regular');
  const state = unplayed(plan);
  assert.throws(() => played(plan, state, { process: 'a', what: 'failed' }, 0), /does not run/);
  assert.throws(() => played(plan, state, { process: 'b', what: 'started' }, 0), /not in the plan/);
  assert.equal(survey(plan, state, 0).runnable, ['a']);
});

const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** Any plan that can be kept: orders go from earlier to later letters. */
const arbitraryTask = fc
  .record({
    kinds: fc.array(fc.constantFrom('plain', 'daemon', 'ephemeral'), { minLength: 5, maxLength: 5 }),
    maxFailures: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
    pauses: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 5, maxLength: 5 }),
    orders: fc.array(fc.subarray(NAMES, { minLength: 2 }), { maxLength: 3 }),
  })
  .map(({ kinds, maxFailures, pauses, orders }) => ({
    processes: NAMES.map((name, at) => ({
      name,
      cmdline: 'true',
      daemon: kinds[at] === 'daemon',
      ephemeral: kinds[at] === 'ephemeral',
      max_failures: maxFailures[at],
      min_duration: pauses[at],
    })),
    constraints: orders.map((order) => ({ order })),
  }));

test('whatever happens: one run at a time, predecessors first, 100 bad runs in a row at most, and an end', () => {
  const outcomes = fc.infiniteStream(fc.constantFrom<ProcessOutcome>('succeeded', 'failed', 'lost'));
  fc.assert(
    fc.property(arbitraryTask, outcomes, (json, outcome) => {
      let plan: ReturnType<typeof planOf>;
      try {
        plan = planOf(parseTask(json), 'regular');
      } catch {
        fc.pre(false);
        return;
      }
      let state = unplayed(plan);
      let nowMs = 0;
      const badRuns = new Map<string, number>();
      for (let round = 0; round < 2000; round++) {
        const now = survey(plan, state, nowMs);
        if (now.complete || now.deadlocked) return;
        for (const process of now.runnable) {
          assert.not.ok(now.running.includes(process), 'started while it runs');
          for (const earlier of plan.get(process)?.after ?? [])
            assert.ok(now.finished.includes(earlier), 'started before what it waits for had finished');
          assert.ok((badRuns.get(process) ?? 0) < 100, 'started after 100 bad runs');
          state = played(plan, state, { process, what: 'started' }, nowMs);
        }
        const [first] = survey(plan, state, nowMs).running;
        if (first === undefined) nowMs += Math.min(...now.waitingMs.values());
        else {
          // Daemons end when nothing succeeds any more.
          const what = round < 1000 ? (outcome.next().value as ProcessOutcome) : 'lost';
          badRuns.set(first, what === 'succeeded' ? 0 : (badRuns.get(first) ?? 0) + 1);
          state = played(plan, state, { process: first, what }, nowMs);
        }
      }
      assert.unreachable('the plan never ends');
    }),
    { numRuns: 150 },
  );
});

test('a run that lasted is no failure to come up: a daemon that crashes once a day is never given up', () => {
  const daemon = { name: 'a', cmdline: 'true', daemon: true, max_failures: 0, min_duration: 0 };
  const plan = planOf(parseTask({ processes: [daemon] }), 'regular');
  const failing = (runMs: number) => {
    let [state, nowMs] = [unplayed(plan), 0];
    for (let run = 0; run < 150 && survey(plan, state, nowMs).failed.length === 0; run++) {
      state = played(plan, state, { process: 'a', what: 'started' }, nowMs);
      nowMs += runMs;
      state = played(plan, state, { process: 'a', what: 'failed' }, nowMs);
    }
    return survey(plan, state, nowMs).failed;
  };
  assert.equal(failing(24 * 3_600_000), []);
  assert.equal(failing(1_000), ['a']);
});

test.run();
