/**
 * The cost of the queries that the API makes most often, with 100,000 tasks of 100 jobs on 5,000 hosts: by job and
 * instance, by host, and by job. `--curve` shows that none of them depends on the total number of tasks.
 */
import { availableParallelism } from 'node:os';
import type { TaskQuery } from '../src/api/index.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { seededRandom } from '../src/base/random.ts';
import { openStorage } from '../src/scheduler/storage/index.ts';
import { cpuMs, curve, figure, median, wantsCurve } from './harness.ts';
import { fillJob, jobKeyOf, TASKS_OF_EACH } from './state/fill.ts';
import { noLog } from './state/placing.ts';

const JOBS = 100;
const HOSTS = 5_000;
const REPEATS = 7;

const random = seededRandom(11);
const below = (limit: number): number => Math.floor(random.next() * limit);

interface Asked {
  readonly calls: number;
  /** The query, for a store with this many jobs. */
  query(jobs: number): Partial<TaskQuery>;
  /** The number of tasks it finds; undefined where that depends on the host. */
  readonly found: number | undefined;
}

const ASKED = {
  by_job_instance: {
    calls: 20_000,
    query: (jobs) => ({ jobKeys: [jobKeyOf(below(jobs))], instanceIds: [below(TASKS_OF_EACH)] }),
    found: 1,
  },
  by_host: {
    calls: 10_000,
    query: () => ({ slaveHosts: [`agent-${below(HOSTS)}.example.com`] }),
    found: undefined,
  },
  by_job_1000: {
    calls: 500,
    query: (jobs) => ({ jobKeys: [jobKeyOf(below(jobs))] }),
    found: TASKS_OF_EACH,
  },
} as const satisfies Readonly<Record<string, Asked>>;

type Name = keyof typeof ASKED;

/** Microseconds for each call, in a store with this many jobs. */
async function costs(jobs: number): Promise<Readonly<Record<Name, number>>> {
  const storage = await openStorage({
    log: noLog,
    clock: systemClock,
    logger: silentLogger,
    onFatal: () => {},
  });
  let ids = 0;
  const uuid = () => `6a1ab2bb-ce52-4b2c-a6b2-${String(ids++).padStart(12, '0')}`;
  for (let job = 0; job < jobs; job++) await storage.write((tx) => fillJob(tx, job, uuid));
  const ask = ({ calls, query, found }: Asked): number => {
    const queries = Array.from({ length: calls }, () => query(jobs));
    let many = 0;
    const startMs = cpuMs();
    for (const one of queries) many += storage.read(({ tasks }) => tasks.find(one)).length;
    const us = ((cpuMs() - startMs) * 1_000) / calls;
    if (many === 0 || (found !== undefined && many !== calls * found))
      throw new Error(`${calls} queries found ${many} tasks`);
    return us;
  };
  const cost = (name: Name): number => {
    const us = Array.from({ length: REPEATS + 1 }, () => ask(ASKED[name]));
    // The first round only warms up.
    return median(us.slice(1));
  };
  const result = {
    by_job_instance: cost('by_job_instance'),
    by_host: cost('by_host'),
    by_job_1000: cost('by_job_1000'),
  };
  await storage.close();
  return result;
}

const conditions = [
  `jobs of ${TASKS_OF_EACH} tasks on ${HOSTS} hosts, CPU time, median of ${REPEATS}`,
  `${availableParallelism()} cores, node ${process.version}`,
].join('; ');
const now = await costs(JOBS);
for (const name of Object.keys(ASKED) as Name[])
  figure({
    name: `${name}_us`,
    value: now[name],
    unit: 'us',
    conditions: `${JOBS * TASKS_OF_EACH} tasks, ${conditions}`,
  });
if (wantsCurve()) {
  const sizes = [JOBS / 100, JOBS / 10, JOBS];
  const all = [await costs(sizes[0] as number), await costs(sizes[1] as number), now];
  for (const name of ['by_job_instance', 'by_job_1000'] as const)
    curve({
      name: `${name}_curve`,
      unit: 'us',
      of: 'tasks',
      costs: sizes.map((jobs, at) => ({ size: jobs * TASKS_OF_EACH, cost: all[at]?.[name] as number })),
      conditions,
    });
}
