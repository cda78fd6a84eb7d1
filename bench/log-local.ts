/**
 * The local log on a real file system: how many records of 600 bytes it takes a second, and how long appends wait for
 * durability at a steady 5,000 commits a second.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { type Log, openLocalLog } from '../src/scheduler/storage/index.ts';
import { figure, median } from './harness.ts';

const RECORD_BYTES = 600;
const RECORDS = 200_000;
/** The number of appends that wait at the same time when there is no pace. */
const WAITING = 2_000;
const COMMITS_PER_S = 5_000;
const PACED_S = 6;
const TICK_MS = 1;

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] as number;

const record = randomBytes(RECORD_BYTES);

async function recordsPerSecond(log: Log): Promise<number> {
  let left = RECORDS;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: WAITING }, async () => {
      while (left-- > 0) await log.append(record);
    }),
  );
  return RECORDS / ((performance.now() - startMs) / 1_000);
}

/** More than one round, because a disk that others use too may pause for more than one percent of a round. */
const ROUNDS = 3;

/** How long each append took, in milliseconds, when they come at a steady pace however fast the log is. */
function waitsAtPace(log: Log): Promise<number[]> {
  const waits: number[] = [];
  const total = COMMITS_PER_S * PACED_S;
  const startMs = performance.now();
  let begun = 0;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1_000) * COMMITS_PER_S));
      for (; begun < due; begun++) {
        // Measured from the time at which it was due, because a late timer is part of the wait.
        const dueMs = startMs + (begun / COMMITS_PER_S) * 1_000;
        log.append(record).then(() => {
          waits.push(performance.now() - dueMs);
          if (waits.length === total) resolve(waits);
        }, reject);
      }
      if (begun === total) clearInterval(timer);
    }, TICK_MS);
  });
}

/** Uses the checkout's folder for temporary files, because the system's own may be in memory. */
await mkdir('.cache', { recursive: true });
const directory = await mkdtemp(join('.cache', 'bench-log-'));
const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock });
try {
  await log.recover({ restart: () => {}, apply: () => {} });
  const [load = 0] = loadavg();
  const fileSystem = (await statfs(directory)).type.toString(16);
  const machine = `${availableParallelism()} cores, load ${load.toFixed(1)} before, file system 0x${fileSystem}, node ${process.version}`;
  const rounds: number[][] = [];
  while (rounds.length < ROUNDS) rounds.push(await waitsAtPace(log));
  const p99s = rounds.map((waits) => percentile(waits, 0.99));
  const waits = rounds.flat();
  const perSecond = await recordsPerSecond(log);
  figure({
    name: 'records_per_s',
    value: perSecond,
    unit: 'records/s',
    conditions: `${RECORDS} records of ${RECORD_BYTES} B, ${WAITING} waiting at a time, group commit; ${machine}`,
  });
  figure({
    name: 'commit_p99_ms',
    value: median(p99s),
    unit: 'ms',
    conditions: `${COMMITS_PER_S} appends of ${RECORD_BYTES} B a second for ${PACED_S} s, middle of ${ROUNDS} rounds (worst ${Math.max(...p99s).toFixed(1)} ms); p50 ${percentile(waits, 0.5).toFixed(1)} ms, longest ${percentile(waits, 1).toFixed(1)} ms; ${machine}`,
  });
} finally {
  await log.close();
  await rm(directory, { recursive: true });
}
