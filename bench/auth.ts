/**
 * How much authentication and the audit log reduce the calls that a scheduler can answer. The same calls go in turns to
 * a scheduler with HTTP Basic, permissions and an audit log, and to one without. Only the processor time of the
 * answering thread counts, not that of the client or the disk.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type CallArgs, type CallName, callOf, encodeMessage } from '../src/api/index.ts';
import { scryptHash } from '../src/scheduler/security/password.ts';
import { wireConfig, wireJob } from '../test/scheduler/builders.ts';
import { callScheduler, type TestScheduler, testScheduler } from '../test/scheduler/running.ts';
import type { ManyCalls } from './clients/many-calls.ts';
import { figure, median } from './harness.ts';

const ROUNDS = 9;
const CALLS = 1_500;
const CONNECTIONS = 16;
const BINARY = 'application/vnd.apache.thrift.binary';
const KEY = { role: 'www', environment: 'prod', name: 'web' };
const LOGIN = { Authorization: `Basic ${Buffer.from('sally:secret').toString('base64')}` };

/** The time that this thread has run, in nanoseconds, as the kernel counts it for each thread. */
const threadNs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);

function send<M extends CallName>(
  port: number,
  method: M,
  args: CallArgs<M>,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const workerData: ManyCalls = {
    port,
    headers: { 'Content-Type': BINARY, Accept: BINARY, ...headers },
    body: encodeMessage(callOf(method, args), 'binary'),
    calls: CALLS,
    connections: CONNECTIONS,
  };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./clients/many-calls.ts', import.meta.url), { workerData });
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}

const QUOTA = { resources: [{ numCpus: 1 }, { ramMb: 1024n }, { diskMb: 1024n }] } as const;
const ASKED = {
  reads: (port: number, headers: Readonly<Record<string, string>>) =>
    send(port, 'getTasksWithoutConfigs', { query: { jobKeys: [KEY] } }, headers),
  writes: (port: number, headers: Readonly<Record<string, string>>) =>
    send(port, 'setQuota', { ownerRole: 'www', quota: QUOTA as never }, headers),
} as const;

async function prepared(
  scheduler: TestScheduler,
  headers: Readonly<Record<string, string>>,
): Promise<TestScheduler> {
  scheduler.mesos.subscribe();
  const description = wireJob({ key: KEY, instanceCount: 10, taskConfig: wireConfig({ job: KEY }) });
  const { details, responseCode } = await callScheduler(
    scheduler.running().httpPort,
    'createJob',
    { description },
    headers,
  );
  if (responseCode !== 'OK') throw new Error(JSON.stringify(details));
  return scheduler;
}

const ini = join(tmpdir(), `aurora-bench-auth-${process.pid}.ini`);
writeFileSync(ini, `[users]\nsally = ${await scryptHash('secret')}, admin\n[roles]\nadmin = *\n`, {
  mode: 0o600,
});
const flags = [
  '-http_authentication_mechanism=BASIC',
  `-shiro_ini_path=${ini}`,
  '-http_max_calls_per_sec=100000',
];
const open = await prepared(await testScheduler(), {});
const closed = await prepared(await testScheduler({}, flags), LOGIN);
try {
  for (const kind of ['reads', 'writes'] as const) {
    const ratios: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const costs: number[] = [];
      const both = [
        () => ASKED[kind](open.running().httpPort, {}),
        () => ASKED[kind](closed.running().httpPort, LOGIN),
      ];
      // Alternates the order, because the second one finds warmer caches.
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const at of order) {
        const startNs = threadNs();
        await both[at]?.();
        costs[at] = threadNs() - startNs;
      }
      // The first round only warms up.
      if (round > 0) ratios.push((costs[0] as number) / (costs[1] as number));
    }
    figure({
      name: `calls_per_s_ratio_${kind}`,
      value: median(ratios),
      unit: 'ratio',
      conditions: `${CALLS} calls over ${CONNECTIONS} connections, ${ROUNDS} rounds, processor time of the answering thread`,
    });
  }
} finally {
  await open.stop();
  await closed.stop();
}
