import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { timedStorage } from '../../../src/scheduler/metrics/timed-storage.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { storageOn } from '../storage/sample.ts';

const test = suite('timed storage');

test('reads and writes are counted, and nothing of a write is lost on the way', async () => {
  const clock = manualClock();
  const counted = counters(clock);
  const storage = timedStorage(await storageOn(memoryLog()), { clock, counters: counted });
  let changes = 0;
  const saved = await storage.write(
    (tx) => {
      tx.framework.saveId('one');
      return 'saved';
    },
    () => changes++,
  );
  assert.is(saved, 'saved');
  assert.is(changes, 1, 'who has to know that a write may be in the log is told');
  assert.is(storage.apply((tx) => tx.framework.id()).result, 'one');
  assert.is(
    storage.read(({ framework }) => framework.id()),
    'one',
  );
  assert.is(counted.read().get('mem_storage_write_operation_events'), 2);
  assert.is(counted.read().get('mem_storage_read_operation_events'), 1);
});

test.run();
