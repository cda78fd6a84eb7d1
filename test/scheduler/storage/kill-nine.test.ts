import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../src/base/clock.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { randomBelow, seededRandom } from '../../../src/base/random.ts';
import { openLocalLog } from '../../../src/scheduler/storage/index.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { storageOn } from './sample.ts';

const test = suite('kill -9');
const ROUNDS = 20;

const startWriter = (directory: string, first: number) =>
  spawn(
    process.execPath,
    ['--import', './scripts/ts-loader.js', 'test/scheduler/storage/busy-writer.ts', directory, String(first)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

/** Runs the writer and kills it when it has acknowledged so many writes; returns all that it acknowledged. */
async function writeAndKill(directory: string, first: number, killAfter: number): Promise<number[]> {
  const writer = startWriter(directory, first);
  const gone = once(writer, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === killAfter) writer.kill('SIGKILL');
  }
  const [, signal] = await gone;
  assert.is(signal, 'SIGKILL');
  return acknowledged;
}

test('every acknowledged write is there after the writer was killed at any moment', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-kill-'));
  const random = seededRandom(Date.now());
  let acknowledgedInAll = 0;
  let first = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const acknowledged = await writeAndKill(directory, first, 1 + randomBelow(random, 400));
    acknowledgedInAll += acknowledged.length;
    const storage = await storageOn(
      await openLocalLog({ directory, logger: silentLogger, clock: systemClock }),
    );
    storage.read(({ tasks }) => {
      for (const n of acknowledged) {
        assert.ok(tasks.get(`task-${n}`), `round ${round}: write ${n} is lost`);
        if (n >= 5)
          assert.is(tasks.get(`task-${n - 5}`)?.status, 'RUNNING', `round ${round}: half of write ${n}`);
      }
      first = Math.max(...[...tasks.all()].map(({ assignedTask }) => assignedTask.instanceId)) + 1;
      assert.is(tasks.size, first, `round ${round}: a hole`);
    });
    await storage.close();
  }
  await rm(directory, { recursive: true });
  count('writes acknowledged before kill -9', acknowledgedInAll);
}, 60_000);

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
