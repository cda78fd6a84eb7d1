import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mesosOffer, ports, scalar, text } from '../../test/scheduler/builders.ts';
import { testScheduler } from '../../test/scheduler/running.ts';
import { openDataDirectory } from '../state/data-directory.ts';
import { agentIdOf, fillJob, hostOf, jobKeyOf, TASKS_OF_EACH } from '../state/fill.ts';

const JOBS = Number(process.env.BENCH_JOBS ?? 10_000);
const TASKS = JOBS * 10;
const AGENTS = JOBS / 2;
const RACKS = 50;
/** The tasks of each other job: one job has a thousand, and the others share the rest. */
const SMALL = Math.floor((TASKS - TASKS_OF_EACH) / (JOBS - 1));

/** The job with a thousand instances. */
export const LARGE_JOB = jobKeyOf(0);
export const CONDITIONS = `${JOBS} jobs, ${TASKS} tasks, ${AGENTS} agents`;

async function prepare(directory: string): Promise<void> {
  const storage = await openDataDirectory(directory);
  for (let job = 0; job < JOBS; job++)
    await storage.write((tx) => fillJob(tx, job, randomUUID, job === 0 ? TASKS_OF_EACH : SMALL));
  await storage.snapshot();
  await storage.close();
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A scheduler that leads a large cluster, whose agents have all made offers. */
export async function pageCluster(): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  await prepare(dataDir);
  // The first reconciliation would fall into some windows of measurement and not into others.
  const scheduler = await testScheduler({ dataDir }, ['-reconciliation_initial_delay=1hrs']);
  scheduler.mesos.subscribe();
  const resources = [scalar('cpus', 64), scalar('mem', 262_144), scalar('disk', 4e6), ports(31_000, 32_000)];
  const offers = Array.from({ length: AGENTS }, (_, at) =>
    mesosOffer(agentIdOf(at), {
      hostname: hostOf(at),
      resources,
      attributes: [text('host', hostOf(at)), text('rack', `rack-${at % RACKS}`)],
    }),
  );
  scheduler.mesos.offer(...offers);
  while ((await scheduler.vars()).outstanding_offers !== AGENTS) await pause(100);
  return {
    origin: `http://127.0.0.1:${scheduler.running().httpPort}`,
    async stop() {
      await scheduler.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
