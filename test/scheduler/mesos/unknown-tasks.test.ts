import { ENUMS, type ScheduleStatus, TERMINAL_STATES } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import type { TaskState } from '../../../src/mesos/index.ts';
import {
  unknownTaskAction,
  unknownTaskPolicy,
  unknownTasks,
} from '../../../src/scheduler/mesos/unknown-tasks.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { transition } from '../../../src/scheduler/state/transitions.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('unknown tasks');

const RESTORED = { backup: 'b', takenMs: 1, restoredMs: 2 };

test('the flag decides; without it a restored state spares what it does not know', () => {
  assert.is(unknownTaskPolicy(undefined, undefined), 'kill');
  assert.is(unknownTaskPolicy(undefined, RESTORED), 'keep');
  assert.is(unknownTaskPolicy('kill', RESTORED), 'kill');
  assert.is(unknownTaskPolicy('keep', undefined), 'keep');
});

test('what would be killed is what the table of transitions kills', () => {
  const facts = { isService: false, maxTaskFailures: 0, failureCount: 0, wasKilled: false };
  for (const status of Object.keys(ENUMS.ScheduleStatus) as ScheduleStatus[]) {
    const kills = transition('DELETED', status, facts).effects.includes('KILL');
    assert.is(unknownTaskAction(status, 'kill') === 'kill', kills, status);
    assert.is(unknownTaskAction(status, 'keep') === 'keep', kills, status);
    assert.is(unknownTaskAction(status, 'keep') === 'forget', TERMINAL_STATES.has(status), status);
  }
});

test('kept tasks are told once, listed with their first moment, counted, and forgotten when they end', () => {
  const clock = manualClock(1_000);
  const counted = counters(clock);
  const lines: object[] = [];
  const log = { ...silentLogger, warn: (fields: object) => void lines.push(fields) };
  const unknown = unknownTasks({ clock, log, counters: counted, policy: 'keep' });
  const update = (state: TaskState) => ({ task_id: { value: 't' }, agent_id: { value: 'a' }, state });
  assert.is(unknown.reported(update('TASK_STARTING'), 'STARTING'), true);
  clock.advance(500);
  assert.is(unknown.reported(update('TASK_RUNNING'), 'RUNNING'), true);
  assert.equal([...unknown.kept()], [{ taskId: 't', agentId: 'a', state: 'TASK_RUNNING', sinceMs: 1_000 }]);
  assert.equal(lines, [{ taskId: 't', agentId: 'a' }]);
  assert.is(counted.read().get('unknown_tasks_kept'), 1);
  assert.is(unknown.reported(update('TASK_UNREACHABLE'), 'PARTITIONED'), false);
  assert.is([...unknown.kept()].length, 1);
  assert.is(unknown.reported(update('TASK_FINISHED'), 'FINISHED'), false);
  assert.is(counted.read().get('unknown_tasks_kept'), 0);
});

test.run();
