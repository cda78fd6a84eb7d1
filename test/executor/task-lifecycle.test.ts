import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import type { Companion, CompanionTask } from '../../src/executor/companion.ts';
import type { PreparedTask } from '../../src/executor/prepare.ts';
import { type OverReason, taskLifecycle } from '../../src/executor/task-lifecycle.ts';
import { assert, suite } from '../harness/index.ts';
import { taskData } from './scripted-agent.ts';

/** A lifecycle whose task runs only on paper. */
function onPaper({
  finalizationWaitMs = 30_000,
  stopTimeoutMs = 120_000,
  prepareFails = '',
  companions = [] as Companion[],
} = {}) {
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
        companions,
        runner: { start: () => {}, kill: (graceMs, reason) => void kills.push([graceMs, reason]) },
        tree: {
          addCoordinator() {},
          addShell() {},
          runEnded() {},
          coordinatorGone() {},
          endAll() {},
          close() {},
          killNow: () => void destroyed++,
        },
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

/** A companion that tells what is called, and hands out what it was given. */
function companion(
  name: string,
  calls: string[],
  { gate = false, leave = undefined as Companion['leave'] } = {},
) {
  let task: CompanionTask | undefined;
  const shown: Companion = {
    name,
    gate,
    start(given) {
      task = given;
      calls.push(`${name} starts`);
    },
    running: () => void calls.push(`${name} knows it runs`),
    stop: () => void calls.push(`${name} stops`),
    ...(leave && {
      leave(graceMs: number) {
        calls.push(`${name} leaves within ${graceMs}`);
        return leave(graceMs);
      },
    }),
  };
  return { shown, task: () => task as CompanionTask };
}

/** Promises that are settled already have their turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a task is RUNNING when every gate has passed, in any order', () => {
  const calls: string[] = [];
  const health = companion('health', calls, { gate: true });
  const disk = companion('disk', calls);
  const announcer = companion('announcer', calls, { gate: true });
  const task = onPaper({ companions: [health.shown, disk.shown, announcer.shown] });
  task.launch('a', DATA);
  assert.equal(task.reports, ['a TASK_STARTING']);
  announcer.task().pass();
  announcer.task().pass();
  disk.task().pass('no gate, no say');
  assert.equal(task.reports, ['a TASK_STARTING']);
  health.task().pass('healthy');
  assert.equal(task.reports, ['a TASK_STARTING', 'a TASK_RUNNING: healthy']);
  assert.equal(calls, [
    ...['health', 'disk', 'announcer'].map((name) => `${name} starts`),
    ...['health', 'disk', 'announcer'].map((name) => `${name} knows it runs`),
  ]);
});

test('the first cause counts; a kill that comes later only hurries', async () => {
  const health = companion('health', [], { gate: true });
  const task = onPaper({ companions: [health.shown] });
  task.launch('a', DATA);
  health.task().end({ kind: 'unhealthy', reason: 'never became healthy' });
  health.task().pass('too late');
  task.kill('a', 1_000);
  assert.equal(task.kills, [
    [60_000, 'never became healthy'],
    [1_000, 'never became healthy'],
  ]);
  task.end('KILLED', 'never became healthy');
  await settled();
  assert.equal(task.reports, ['a TASK_STARTING', 'a TASK_FAILED: never became healthy']);
  assert.equal(task.overs, ['ended']);
});

test('companions leave in order before the processes are stopped, within half of the time', async () => {
  const calls: string[] = [];
  let gone = () => {};
  const announcer = companion('announcer', calls, {
    leave: () => new Promise<void>((resolve) => (gone = resolve)),
  });
  const http = companion('http', calls, { leave: () => Promise.reject(new Error('refused')) });
  const task = onPaper({ companions: [announcer.shown, http.shown] });
  task.launch('a', DATA);
  calls.length = 0;
  task.kill('a', 10_000);
  task.clock.advance(2_000);
  await settled();
  assert.equal([calls, task.kills], [['announcer leaves within 5000'], []]);
  gone();
  await settled();
  assert.equal(calls, ['announcer leaves within 5000', 'http leaves within 3000']);
  assert.equal(task.kills, [[8_000, 'killed on request of the scheduler']]);
  task.end('KILLED', 'x');
  await settled();
  assert.equal(calls.slice(2), ['announcer stops', 'http stops']);
  assert.is(task.clock.pending(), 0);
});

test('a companion that does not leave is not waited for', () => {
  const calls: string[] = [];
  const stuck = companion('stuck', calls, { leave: () => new Promise<void>(() => {}) });
  const task = onPaper({ companions: [stuck.shown] });
  task.launch('a', DATA);
  task.kill('a', 10_000);
  task.clock.advance(4_999);
  assert.equal(task.kills, []);
  task.clock.advance(1);
  assert.equal(task.kills, [[5_000, 'killed on request of the scheduler']]);
  const hurried = onPaper({
    companions: [companion('stuck', [], { leave: () => new Promise<void>(() => {}) }).shown],
  });
  hurried.launch('a', DATA);
  hurried.kill('a', 10_000);
  hurried.shutdown(0, 'now');
  hurried.clock.advance(0);
  assert.equal(hurried.kills[0], [0, 'killed on request of the scheduler']);
});

test('a task whose processes end by themselves is reported at once, and companions leave after that', async () => {
  const calls: string[] = [];
  const announcer = companion('announcer', calls, { gate: true, leave: () => Promise.resolve() });
  const task = onPaper({ companions: [announcer.shown] });
  task.launch('a', DATA);
  task.end('SUCCESS', 'all processes have ended');
  assert.equal(task.reports, ['a TASK_STARTING', 'a TASK_FINISHED: all processes have ended']);
  await settled();
  assert.equal(calls, ['announcer starts', 'announcer leaves within 5000', 'announcer stops']);
  assert.equal(task.overs, ['ended']);
});

test('a companion that cannot be started fails the task', () => {
  const calls: string[] = [];
  const first = companion('first', calls);
  const task = onPaper({
    companions: [
      first.shown,
      {
        name: 'broken',
        gate: true,
        start() {
          throw new Error('no such port');
        },
        stop: () => void calls.push('broken stops'),
      },
    ],
  });
  task.launch('a', DATA);
  assert.equal(task.reports, ['a TASK_STARTING', 'a TASK_FAILED: no such port']);
  assert.is(task.destroyed(), 1);
  assert.equal(calls, ['first starts', 'first stops', 'broken stops']);
  assert.equal(task.overs, ['ended']);
});

test.run();
