import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { type OverReason, taskLifecycle } from '../../src/executor/lifecycle.ts';
import type { PreparedTask } from '../../src/executor/prepare.ts';
import { assert, suite } from '../harness/index.ts';
import { taskData } from './scripted-agent.ts';

/** A lifecycle whose task runs only on paper. */
function onPaper({ finalizationWaitMs = 30_000, stopTimeoutMs = 120_000, prepareFails = '' } = {}) {
  const clock = manualClock();
  const reports: string[] = [];
  const kills: [number, string][] = [];
  const overs: OverReason[] = [];
  let destroyed = 0;
  let onEnd: Parameters<Parameters<typeof taskLifecycle>[0]['prepare']>[1] | undefined;
  const lifecycle = taskLifecycle({
    clock,
    log: silentLogger,
    stopTimeoutMs,
    report: (taskId, state, message) =>
      void reports.push(`${taskId} ${state}${message ? `: ${message}` : ''}`),
    done: (why) => void overs.push(why),
    prepare(_, end): PreparedTask {
      if (prepareFails) throw new Error(prepareFails);
      onEnd = end;
      return {
        finalizationWaitMs,
        runner: { start: () => {}, kill: (graceMs, reason) => void kills.push([graceMs, reason]) },
        tree: { add() {}, runEnded() {}, endAll() {}, close() {}, killNow: () => void destroyed++ },
      };
    },
  });
  return {
    ...lifecycle,
    clock,
    reports,
    kills,
    overs,
    destroyed: () => destroyed,
    end: (...result: Parameters<NonNullable<typeof onEnd>>) => onEnd?.(...result),
  };
}

const DATA = taskData({ processes: [] }, 'a');
const test = suite('executor lifecycle');

test('an executor without a task ends after 10 s, one with a task stays', () => {
  const idle = onPaper();
  idle.clock.advance(9_999);
  assert.equal(idle.overs, []);
  idle.clock.advance(1);
  assert.equal(idle.overs, ['idle']);
  const busy = onPaper();
  busy.launch('a', DATA);
  busy.clock.advance(100_000);
  assert.equal(busy.overs, []);
  assert.is(busy.clock.pending(), 0);
});

test('the verdict becomes the state that is reported, with its reason', () => {
  for (const [verdict, state] of [
    ['SUCCESS', 'TASK_FINISHED'],
    ['FAILED', 'TASK_FAILED'],
    ['KILLED', 'TASK_KILLED'],
  ] as const) {
    const task = onPaper();
    task.launch('a', DATA);
    task.end(verdict, 'because');
    assert.equal(
      task.reports.map((line) => line.split(':')[0]),
      ['a TASK_STARTING', 'a TASK_RUNNING', `a ${state}`],
    );
    assert.is(task.reports[2], `a ${state}: because`);
    assert.equal(task.overs, ['ended']);
  }
});

test('a task that cannot be prepared has FAILED', () => {
  const task = onPaper({ prepareFails: 'the sandbox could not be made' });
  task.launch('a', DATA);
  assert.equal(task.reports, ['a TASK_STARTING', 'a TASK_FAILED: the sandbox could not be made']);
  assert.equal(task.overs, ['ended']);
});

test('a kill waits 60 s, longer where finalization_wait is, never longer than the stop timeout', () => {
  for (const [options, graceMs, expectedMs] of [
    [{}, undefined, 60_000],
    [{ finalizationWaitMs: 90_000 }, undefined, 90_000],
    [{ finalizationWaitMs: 300_000 }, undefined, 120_000],
    [{ stopTimeoutMs: 5_000 }, undefined, 5_000],
    [{}, 2_000, 2_000],
    [{}, 0, 0],
  ] as const) {
    const task = onPaper(options);
    task.launch('a', DATA);
    task.kill('a', graceMs);
    assert.equal(task.kills, [[expectedMs, 'killed on request of the scheduler']]);
  }
});

test('a kill of another task, or before any, does nothing', () => {
  const task = onPaper();
  task.kill('a');
  task.launch('a', DATA);
  task.kill('b');
  assert.equal(task.kills, []);
});

test('a second task is LOST and names the first', () => {
  const task = onPaper();
  task.launch('a', DATA);
  task.launch('b', DATA);
  task.launch('a', DATA);
  assert.is(task.reports.length, 3);
  assert.match(task.reports[2] as string, /^b TASK_LOST: .*runs a /);
});

test('tasks of a group are LOST', () => {
  const task = onPaper();
  task.refuse('a');
  assert.match(task.reports[0] as string, /^a TASK_LOST/);
});

test('a shutdown kills within the time given; without a task the executor ends at once', () => {
  const task = onPaper();
  task.launch('a', DATA);
  task.shutdown(3_500, 'shut down');
  assert.equal(task.kills, [[3_500, 'shut down']]);
  assert.equal(task.overs, []);
  const idle = onPaper();
  idle.shutdown(3_500, 'shut down');
  assert.equal(idle.overs, ['shut down']);
  assert.is(idle.clock.pending(), 0);
});

test('destroying kills without a report', () => {
  const task = onPaper();
  task.destroy();
  task.launch('a', DATA);
  task.destroy();
  assert.is(task.destroyed(), 1);
  assert.is(task.reports.length, 2);
});

test.run();
