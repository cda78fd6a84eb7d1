/**
 * How long a client waits for the 1,000 tasks of one job (getTasksWithoutConfigs, which `aurora job status` and the web
 * page use) while the scheduler holds 100,000 running tasks. The calls come from a thread of their own over a real
 * socket, and the durable log is on.
 */
import { Worker } from 'node:worker_threads';
import { callOf, encodeMessage, type Protocol } from '../src/api/index.ts';
import { mesosOffer, ports, scalar, wireConfig, wireJob } from '../test/scheduler/builders.ts';
import { type TestScheduler, testScheduler } from '../test/scheduler/running.ts';
import type { TimedCalls } from './clients/timed-calls.ts';
import { figure } from './harness.ts';

const JOBS = 100;
const TASKS_PER_JOB = 1000;
const AGENTS = 500;
/** The job that every call asks for, as a page or a waiting client does. */
const ASKED = 42;
const WARM_UP = 50;
const CALLS = 500;
const TYPES: Readonly<Record<Protocol, string>> = {
  binary: 'application/vnd.apache.thrift.binary',
  json: 'application/vnd.apache.thrift.json',
};

const keyOf = (job: number) => ({ role: `role${job % 10}`, environment: 'prod', name: `job${job}` });

async function fill({ call, mesos, vars }: TestScheduler): Promise<void> {
  mesos.subscribe();
  const resources = [scalar('cpus', 4000), scalar('mem', 4e6), scalar('disk', 4e6), ports(31_000, 32_000)];
  for (let job = 0; job < JOBS; job++) {
    const key = keyOf(job);
    const taskConfig = wireConfig({
      job: key,
      executorConfig: { name: 'AuroraExecutor', data: 'x'.repeat(2000) },
    });
    const description = wireJob({ key, instanceCount: TASKS_PER_JOB, taskConfig });
    const { responseCode, details } = await call('createJob', { description });
    if (responseCode !== 'OK') throw new Error(JSON.stringify(details));
  }
  const offerAll = (round: number) =>
    mesos.offer(
      ...Array.from({ length: AGENTS }, (_, at) =>
        mesosOffer(`a${at}`, { id: { value: `offer-${at}-${round}` }, resources }),
      ),
    );
  let placed = 0;
  for (let round = 0; placed < JOBS * TASKS_PER_JOB; round++) {
    offerAll(round);
    const { accept } = await mesos.next('ACCEPT');
    const calls = [accept];
    while (mesos.waiting('ACCEPT') > 0) calls.push((await mesos.next('ACCEPT')).accept);
    for (const taken of calls) {
      for (const { launch } of taken?.operations ?? []) {
        for (const { task_id: id } of launch?.task_infos ?? []) {
          placed++;
          mesos.update(id.value, 'TASK_STARTING');
          mesos.update(id.value, 'TASK_RUNNING');
        }
      }
    }
  }
  while (((await vars()).task_store_RUNNING ?? 0) < JOBS * TASKS_PER_JOB);
}

function timed(
  port: number,
  protocol: Protocol,
  jobs: readonly number[],
  calls = jobs.length,
): Promise<number[]> {
  const bodies = jobs.map((job) =>
    encodeMessage(callOf('getTasksWithoutConfigs', { query: { jobKeys: [keyOf(job)] } }), protocol),
  ) as Uint8Array[];
  const workerData: TimedCalls = { port, contentType: TYPES[protocol], bodies, calls };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./clients/timed-calls.ts', import.meta.url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number;

const scheduler = await testScheduler();
try {
  await fill(scheduler);
  const { httpPort } = scheduler.running();
  const conditions = `${TASKS_PER_JOB} tasks of one job among ${JOBS * TASKS_PER_JOB} running ones, ${CALLS} calls one after another`;
  for (const protocol of ['binary', 'json'] as const) {
    await timed(httpPort, protocol, [ASKED], WARM_UP);
    const tookMs = (await timed(httpPort, protocol, [ASKED], CALLS)).sort((a, b) => a - b);
    const others = Array.from({ length: JOBS }, (_, job) => job).filter((job) => job !== ASKED);
    const firstMs = (await timed(httpPort, protocol, others)).sort((a, b) => a - b);
    const name = protocol === 'binary' ? 'job_1000_tasks' : 'job_1000_tasks_json';
    figure({ name: `${name}_p50_ms`, value: percentile(tookMs, 0.5), unit: 'ms', conditions });
    figure({
      name: `${name}_first_p50_ms`,
      value: percentile(firstMs, 0.5),
      unit: 'ms',
      conditions: `the same of ${others.length} jobs that nobody has asked for yet`,
    });
    figure({ name: `${name}_p99_ms`, value: percentile(tookMs, 0.99), unit: 'ms', conditions });
  }
} finally {
  await scheduler.stop();
}
