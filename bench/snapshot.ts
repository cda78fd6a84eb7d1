/**
 * How long the event loop is blocked while snapshots of 100,000 tasks are taken. The storage, with the local log in a
 * real directory, is in the same process as its writers and readers.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { openLocalLog, openStorage, type Storage } from '../src/scheduler/storage/index.ts';
import { pause } from './cluster/start.ts';
import { figure, median } from './harness.ts';
import { fillJob, jobKeyOf, TASKS_OF_EACH } from './state/fill.ts';

const TASKS = Number(process.env.BENCH_TASKS ?? 100_000);
const JOBS = TASKS / TASKS_OF_EACH;
const SNAPSHOTS = 5;
const BETWEEN_MS = 1_000;
/** Status changes come in groups of this many writes, about 2,000 a second. */
const WRITES_AT_A_TIME = 10;
const WRITE_EVERY_MS = 5;
const PROBE_EVERY_MS = 2;

/** The time that the main thread has run, in ms; other threads and programs do not count. */
const ownMs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;

/** Watches how long the event loop is blocked; each call of `longest` returns the longest times since the last one. */
function stallProbe(): { longest(): { stallMs: number; ownMs: number }; stop(): void } {
  let longest = { stallMs: 0, ownMs: 0 };
  let at = { wall: performance.now(), own: ownMs() };
  const look = () => {
    const now = { wall: performance.now(), own: ownMs() };
    const stallMs = now.wall - at.wall - PROBE_EVERY_MS;
    longest = {
      stallMs: Math.max(longest.stallMs, stallMs),
      ownMs: Math.max(longest.ownMs, Math.min(stallMs, now.own - at.own)),
    };
    at = { wall: performance.now(), own: now.own };
  };
  const timer = setInterval(look, PROBE_EVERY_MS);
  return {
    longest() {
      look();
      const said = longest;
      longest = { stallMs: 0, ownMs: 0 };
      return said;
    },
    stop: () => clearInterval(timer),
  };
}

/** Changes one task of each job in turn, again and again. */
function startWriting(storage: Storage): { stop(): Promise<void>; written(): number } {
  let written = 0;
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    for (let count = 0; count < WRITES_AT_A_TIME; count++) {
      const number = written++;
      last = storage.write(({ tasks }) => {
        const task = tasks.activeInstance(jobKeyOf(number % JOBS), (number >> 3) % TASKS_OF_EACH);
        if (!task) throw new Error('a task is missing');
        tasks.save({
          ...task,
          failureCount: task.failureCount + 1,
          taskEvents: [
            ...task.taskEvents.slice(0, 4),
            { timestamp: Date.now(), status: 'RUNNING', message: 'again' },
          ],
        });
      });
    }
  }, WRITE_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await last;
    },
    written: () => written,
  };
}

/** Reads a whole job every few milliseconds, like pages and clients do. */
function startReading(storage: Storage): { stop(): void; read(): number } {
  let reads = 0;
  const timer = setInterval(() => {
    const found = storage.read(({ tasks }) => tasks.find({ jobKeys: [jobKeyOf(reads % JOBS)] }));
    if (found.length !== TASKS_OF_EACH) throw new Error(`${found.length} tasks`);
    reads++;
  }, WRITE_EVERY_MS);
  return { stop: () => clearInterval(timer), read: () => reads };
}

const [loadBefore = 0] = loadavg();
const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
let snapshotBytes = 0;
const log = await openLocalLog({ directory, clock: systemClock, logger: silentLogger });
const storage = await openStorage({
  log: {
    ...log,
    writeSnapshot: (chunks) =>
      log.writeSnapshot(
        (async function* () {
          snapshotBytes = 0;
          for await (const chunk of chunks) {
            snapshotBytes += chunk.length;
            yield chunk;
          }
        })(),
      ),
  },
  clock: systemClock,
  logger: silentLogger,
  onFatal: (error) => {
    throw error;
  },
  snapshots: { logBytes: Number.POSITIVE_INFINITY, intervalMs: 3_600_000 },
});
try {
  for (let job = 0; job < JOBS; job++) await storage.write((tx) => fillJob(tx, job, randomUUID));
  const writing = startWriting(storage);
  const reading = startReading(storage);
  const probe = stallProbe();
  // A snapshot that does not count: the first run of code is slow, and V8 is still busy with what was just loaded.
  await storage.snapshot();
  await pause(5 * BETWEEN_MS);
  probe.longest();
  await pause(SNAPSHOTS * BETWEEN_MS);
  const without = probe.longest();
  const seconds: number[] = [];
  let longest = { stallMs: 0, ownMs: 0 };
  for (let count = 0; count < SNAPSHOTS; count++) {
    const startMs = performance.now();
    await storage.snapshot();
    seconds.push((performance.now() - startMs) / 1_000);
    const now = probe.longest();
    longest = {
      stallMs: Math.max(longest.stallMs, now.stallMs),
      ownMs: Math.max(longest.ownMs, now.ownMs),
    };
    await pause(BETWEEN_MS);
    probe.longest();
  }
  probe.stop();
  reading.stop();
  await writing.stop();
  const conditions = [
    `${TASKS} tasks in ${JOBS} jobs, the storage alone with the local log on disk, ${SNAPSHOTS} snapshots`,
    `${writing.written()} writes and ${reading.read()} reads of a whole job meanwhile in the same process`,
    `longest stall without snapshots ${without.stallMs.toFixed(1)} ms`,
    `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`,
  ].join('; ');
  figure({ name: 'max_stall_ms', value: longest.stallMs, unit: 'ms', conditions });
  figure({
    name: 'max_own_stall_ms',
    value: longest.ownMs,
    unit: 'ms',
    conditions: 'the part of a stall in which the main thread itself computed',
  });
  figure({ name: 'snapshot_s', value: median(seconds), unit: 's', conditions });
  figure({ name: 'snapshot_bytes', value: snapshotBytes, unit: 'bytes', conditions });
} finally {
  await storage.close();
  rmSync(directory, { recursive: true, force: true });
}
