/**
 * How the states that companions of a task stand for come together, against what the original's chained checkers said
 * (golden/thermos, status-combination.json). There a checker is asked again and again; here a gate passes once, and what
 * ends a task ends it once.
 */
import { readFileSync } from 'node:fs';
import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import type { Companion, CompanionTask } from '../../src/executor/companion.ts';
import type { EndCause } from '../../src/executor/end-causes.ts';
import type { StageVerdict } from '../../src/executor/task/stages.ts';
import { taskLifecycle } from '../../src/executor/task-lifecycle.ts';
import { assert, count, suite } from '../harness/index.ts';
import { taskData } from './scripted-agent.ts';

const test = suite('executor status combination');

interface Combination {
  readonly id: string;
  readonly what: string;
  /** What each checker says when it is asked for the n-th time; null is nothing. */
  readonly checkers_in_order: readonly Readonly<Record<string, string | null>>[];
  readonly combined: readonly ({ readonly status: string; readonly message_from: string } | null)[];
}

const cases = JSON.parse(
  readFileSync('test/golden/thermos/status-combination.json', 'utf8'),
) as readonly Combination[];

/** Who could say so here. LOST is nobody's word: an executor that lives knows how its task ended. */
const CAUSES: Readonly<Record<string, EndCause['kind'] | 'finished'>> = {
  FAILED: 'unhealthy',
  KILLED: 'killed',
  FINISHED: 'finished',
};

const ON_PURPOSE: Readonly<Record<string, string>> = {
  s01: 'without companions a task is RUNNING at once; the original says nothing until its runner does',
  s02: 'as s01: who has no opinion is no gate',
  s07: 'two closed gates: STARTING has no message',
  s15: 'a gate that has passed stays open',
  s16: 'an executor that lives never calls its own task LOST',
  s17: 'a task that is RUNNING does not go back to STARTING',
};

/** Reports of the lifecycle, poll after poll: the state that it is in after each. */
function replay({ checkers_in_order: checkers, combined }: Combination): string[] {
  const reports: string[] = [];
  const tasks: CompanionTask[] = [];
  const companions = checkers.map(
    (says, at): Companion => ({
      name: `c${at}`,
      // Who never says STARTING or RUNNING holds nobody back.
      gate: Object.values(says).some((state) => state === 'STARTING'),
      start(task) {
        tasks.push(task);
      },
      stop() {},
    }),
  );
  let end: ((verdict: StageVerdict, reason: string) => void) | undefined;
  const lifecycle = taskLifecycle({
    clock: manualClock(),
    log: silentLogger,
    stopTimeoutMs: 1_000,
    report: (_, state) => void reports.push(state),
    done: () => {},
    prepare(_, onEnd) {
      end = onEnd;
      return {
        finalizationWaitMs: 0,
        companions,
        // What is killed is gone at once.
        runner: { start: () => {}, kill: (_graceMs, reason) => onEnd('KILLED', reason) },
        tree: {
          addCoordinator() {},
          addShell() {},
          runEnded() {},
          coordinatorGone() {},
          endAll() {},
          close() {},
          killNow() {},
        },
      };
    },
  });
  lifecycle.launch('a', taskData({ processes: [] }, 'a'));
  return combined.map((_, poll) => {
    checkers.forEach((says, at) => {
      const state = says[`poll_${poll}`];
      const message = `c${at}`;
      if (state === 'RUNNING') tasks[at]?.pass(message);
      const kind = state ? CAUSES[state] : undefined;
      if (kind === 'finished') end?.('SUCCESS', message);
      else if (kind) tasks[at]?.end({ kind, reason: message });
    });
    return reports.at(-1) ?? '';
  });
}

test('the first cause that ends a task decides, a closed gate holds back, and nothing takes a state back', () => {
  for (const one of cases) {
    if (ON_PURPOSE[one.id]) continue;
    assert.equal(
      replay(one),
      one.combined.map((state) => state?.status),
      `${one.id}: ${one.what}`,
    );
  }
  const differing = Object.keys(ON_PURPOSE).length;
  count('golden/thermos status-combination', cases.length - differing);
  count('golden/thermos status-combination, with a difference on purpose', differing);
});

test('what differs on purpose was recorded, and is as its reason says', () => {
  const byId = new Map(cases.map((one) => [one.id, one]));
  const replayed = (id: string) => replay(byId.get(id) as Combination);
  assert.equal(
    Object.keys(ON_PURPOSE).filter((id) => !byId.has(id)),
    [],
  );
  for (const id of ['s01', 's02']) assert.equal(replayed(id), ['TASK_RUNNING'], id);
  assert.equal(replayed('s07'), ['TASK_STARTING']);
  assert.equal(replayed('s15'), ['TASK_RUNNING', 'TASK_RUNNING', 'TASK_RUNNING']);
  assert.equal(replayed('s17'), ['TASK_RUNNING', 'TASK_RUNNING', 'TASK_RUNNING']);
});

test.run();
