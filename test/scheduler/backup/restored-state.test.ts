import type { JobUpdateStatus } from '../../../src/api/index.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { makeRestored } from '../../../src/scheduler/backup/restored-state.ts';
import { memoryTables } from '../../../src/scheduler/storage/tables.ts';
import { assert, suite } from '../../harness/index.ts';
import { sampleConfig, sampleTask } from '../storage/sample.ts';

const test = suite('restored state');

const RESTORATION = { backup: 'b', takenMs: 1, restoredMs: 99 };

test('it says where it came from', () => {
  const tables = memoryTables();
  makeRestored(tables, RESTORATION, seededRandom(1));
  assert.equal(tables.stores.restoration.get(), RESTORATION);
});

test('tasks without an agent get new ids, for they may run under the old ones; all else stays', () => {
  const tables = memoryTables();
  const waiting = { ...sampleTask('waiting', 0, 'PENDING'), failureCount: 2, ancestorId: 'before' };
  tables.fill(({ tasks }) => {
    tasks.save(waiting);
    tasks.save(sampleTask('throttled', 1, 'THROTTLED'));
    tasks.save(sampleTask('running', 2, 'RUNNING'));
    tasks.save(sampleTask('over', 0, 'FAILED'));
  });
  assert.is(makeRestored(tables, RESTORATION, seededRandom(1)).renewed, 2);
  const { tasks } = tables.stores;
  assert.equal(
    ['waiting', 'throttled'].map((taskId) => tasks.get(taskId)),
    [undefined, undefined],
  );
  assert.ok(tasks.get('running') && tasks.get('over'));
  assert.is(tasks.size, 4);
  const renewed = tasks.activeInstance(sampleConfig().job, 0)!;
  const { taskId } = renewed.assignedTask;
  assert.equal(renewed, { ...waiting, assignedTask: { ...waiting.assignedTask, taskId } });
  assert.is(tasks.activeInstance(sampleConfig().job, 1)?.status, 'THROTTLED');
});

test('updates that were under way wait until they are resumed', () => {
  const wanted: Record<string, JobUpdateStatus> = {
    ROLLING_FORWARD: 'ROLL_FORWARD_PAUSED',
    ROLL_FORWARD_AWAITING_PULSE: 'ROLL_FORWARD_PAUSED',
    ROLLING_BACK: 'ROLL_BACK_PAUSED',
    ROLL_BACK_AWAITING_PULSE: 'ROLL_BACK_PAUSED',
    ROLL_FORWARD_PAUSED: 'ROLL_FORWARD_PAUSED',
    ROLLED_FORWARD: 'ROLLED_FORWARD',
    ABORTED: 'ABORTED',
  };
  const tables = memoryTables();
  const keyOf = (id: string) => ({ job: sampleConfig().job, id });
  tables.fill(({ jobUpdates }) => {
    for (const status of Object.keys(wanted) as JobUpdateStatus[]) {
      jobUpdates.save({
        summary: { user: 'u', key: keyOf(status), metadata: [] },
        instructions: { initialState: [], settings: {} as never },
      });
      jobUpdates.addEvent(keyOf(status), { status, timestampMs: 5 });
    }
  });
  const { paused } = makeRestored(tables, RESTORATION, seededRandom(1));
  assert.is(paused.length, 4);
  const { jobUpdates } = tables.stores;
  for (const [from, to] of Object.entries(wanted)) assert.is(jobUpdates.status(keyOf(from)), to, from);
  assert.match(jobUpdates.get(keyOf('ROLLING_BACK'))?.updateEvents.at(-1)?.message ?? '', /restored from b/);
  assert.is(jobUpdates.get(keyOf('ABORTED'))?.updateEvents.length, 1);
});

test.run();
