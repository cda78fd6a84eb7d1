import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { randomBelow, seededRandom } from '../../../src/base/random.ts';
import { openLocalLog } from '../../../src/scheduler/storage/index.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { assertKept, startWriter, writeUntil } from './killed-writer.ts';
import { storageOn } from './sample.ts';

const test = suite('kill -9');
const ROUNDS = 20;

test('every acknowledged write is there after the writer was killed at any moment', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-kill-'));
  const random = seededRandom(Date.now());
  let acknowledgedInAll = 0;
  let first = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const writes = 1 + randomBelow(random, 400);
    const { acknowledged, end, errors } = await writeUntil(directory, first, writes, (writer) =>
      writer.kill('SIGKILL'),
    );
    assert.is(end, 'SIGKILL', errors);
    acknowledgedInAll += acknowledged.length;
    const storage = await storageOn(
      await openLocalLog({ directory, logger: silentLogger, clock: systemClock }),
    );
    first = storage.read((stores) => assertKept(stores, acknowledged, `round ${round}`));
    await storage.close();
  }
  await rm(directory, { recursive: true });
  count('rounds of kill -9, local log', ROUNDS);
  count('writes acknowledged before kill -9, local log', acknowledgedInAll);
}, 120_000);

test('a directory that another process has open is refused with that process', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-kill-'));
  const writer = startWriter(directory, 0);
  const gone = once(writer, 'exit');
  await once(writer.stdout, 'data');
  const error = await openLocalLog({ directory, logger: silentLogger, clock: systemClock }).catch(
    (thrown) => thrown,
  );
  writer.kill('SIGKILL');
  await gone;
  assert.instance(error, AuroraError);
  assert.is(error.code, 'DATA_DIR_LOCKED');
  assert.match(error.message, `process ${writer.pid} `);
  const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock });
  await log.close();
  await rm(directory, { recursive: true });
});

test.run();
