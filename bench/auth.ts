/**
 * How much authentication and the audit log reduce the calls that a scheduler can answer. The same calls go in turns to
 * a scheduler with HTTP Basic, permissions and an audit log, and to one without. Only the processor time of the
 * answering thread counts, not that of the client or the disk.
 */
import { once } from 'node:events';
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

/** Many short rounds: what else runs on the machine then falls on both schedulers of a round, or on few rounds only. */
const ROUNDS = 60;
const WARM_UP_ROUNDS = 12;
const CALLS = 250;
const CONNECTIONS = 16;
const BINARY = 'application/vnd.apache.thrift.binary';
const KEY = { role: 'www', environment: 'prod', name: 'web' };
const LOGIN = { Authorization: `Basic ${Buffer.from('sally:secret').toString('base64')}` };

/** The time that this thread has run, in nanoseconds, as the kernel counts it for each thread. */
const threadNs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);

type Headers = Readonly<Record<string, string>>;

/** Somebody who sends the same call again and again. */
interface Client {
  /** Sends `CALLS` calls and waits for their answers. */
  round(): Promise<void>;
  stop(): Promise<unknown>;
}

function client<M extends CallName>(port: number, method: M, args: CallArgs<M>, headers: Headers): Client {
  const workerData: ManyCalls = {
    port,
    headers: { 'Content-Type': BINARY, Accept: BINARY, ...headers },
    body: encodeMessage(callOf(method, args), 'binary'),
    calls: CALLS,
    connections: CONNECTIONS,
  };
  const worker = new Worker(new URL('./clients/many-calls.ts', import.meta.url), { workerData });
  return {
    async round() {
      const done = once(worker, 'message');
      worker.postMessage('go');
      await done;
    },
    stop: () => worker.terminate(),
  };
}

const QUOTA = { resources: [{ numCpus: 1 }, { ramMb: 1024n }, { diskMb: 1024n }] } as const;
const CLIENTS = {
  reads: (port: number, headers: Headers) =>
    client(port, 'getTasksWithoutConfigs', { query: { jobKeys: [KEY] } }, headers),
  writes: (port: number, headers: Headers) =>
    client(port, 'setQuota', { ownerRole: 'www', quota: QUOTA as never }, headers),
} as const;

async function prepared(scheduler: TestScheduler, headers: Headers): Promise<TestScheduler> {
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
const conditions = `${CALLS} calls over ${CONNECTIONS} connections, median of ${ROUNDS} rounds, processor time of the answering thread`;
const open = await prepared(await testScheduler(), {});
const closed = await prepared(await testScheduler({}, flags), LOGIN);
try {
  const medians: number[] = [];
  for (const kind of ['reads', 'writes'] as const) {
    const clients = [
      CLIENTS[kind](open.running().httpPort, {}),
      CLIENTS[kind](closed.running().httpPort, LOGIN),
    ];
    const ratios: number[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const costs: number[] = [];
      // Alternates the order, because the second one finds warmer caches.
      for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const startNs = threadNs();
        await clients[at]?.round();
        costs[at] = threadNs() - startNs;
      }
      if (round >= WARM_UP_ROUNDS) ratios.push((costs[0] as number) / (costs[1] as number));
    }
    for (const each of clients) await each.stop();
    medians.push(median(ratios));
    figure({ name: `calls_per_s_ratio_${kind}`, value: median(ratios), unit: 'ratio', conditions });
  }
  figure({
    name: 'calls_per_s_ratio',
    value: Math.min(...medians),
    unit: 'ratio',
    conditions: `the lower of reads and writes; ${conditions}`,
  });
} finally {
  await open.stop();
  await closed.stop();
}
