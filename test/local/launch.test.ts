import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AuroraError } from '../../src/base/errors.ts';
import { type LaunchOptions, launchCluster, stopCluster } from '../../src/local/index.ts';
import { assert, suite } from '../harness/index.ts';
import { recordReader } from '../harness/record-reader.ts';

const test = suite('the process of the embedded cluster');
const LIMIT_MS = 30_000;

let dataDir = '';
test.beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'aurora-launch-'));
});
test.afterEach(async () => {
  await stopCluster({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
});

const launch = (more: Partial<LaunchOptions> = {}) =>
  launchCluster({ dataDir, agentFlags: { executorShutdownGracePeriodMs: 200 }, ...more });

const lives = (pid: number): boolean => {
  try {
    return !/^\S+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** Waits for other processes, which no clock of ours drives. */
async function until(look: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 15_000;
  while (!look()) {
    if (performance.now() > endMs) throw new Error(`did not come: ${what}`);
    await pause(20);
  }
}

interface Event {
  readonly type: string;
  readonly subscribed?: { readonly framework_id: { readonly value: string } };
  readonly offers?: { readonly offers: readonly { readonly id: object; readonly agent_id: object }[] };
  readonly update?: { readonly status: { readonly state: string; readonly container_status?: object } };
}

/** A scheduler that subscribes, runs one command task, and can vanish without a word. */
async function scheduler(master: string, command: string) {
  const events: Event[] = [];
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const url = `http://${master}/api/v1/scheduler`;
  const stream = request(url, { method: 'POST', headers, agent: false });
  const info = { user: '', name: 'test', checkpoint: true, failover_timeout: 600 };
  stream.end(JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info: info } }));
  stream.on('error', () => {});
  const [answer] = await once(stream, 'response');
  const records = recordReader();
  answer.on('data', (bytes: Buffer) => {
    for (const record of records.feed(bytes)) events.push(JSON.parse(record.toString()));
  });
  answer.on('error', () => {});
  const event = async (matches: (event: Event) => boolean, what: string) => {
    await until(() => events.some(matches), what);
    return events.find(matches) as Event;
  };
  const subscribed = await event(({ type }) => type === 'SUBSCRIBED', 'SUBSCRIBED');
  const offers = await event(({ type }) => type === 'OFFERS', 'OFFERS');
  const { id, agent_id } = offers.offers?.offers[0] ?? {};
  const amounts = [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } }];
  const task = {
    name: 't',
    task_id: { value: 't' },
    agent_id,
    resources: amounts,
    command: { value: command },
  };
  const call = request(url, {
    method: 'POST',
    headers: { ...headers, 'Mesos-Stream-Id': answer.headers['mesos-stream-id'] },
    agent: false,
  });
  call.end(
    JSON.stringify({
      type: 'ACCEPT',
      framework_id: subscribed.subscribed?.framework_id,
      accept: { offer_ids: [id], operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }] },
    }),
  );
  const [accepted] = await once(call, 'response');
  accepted.resume();
  return {
    started: () => event(({ update }) => update?.status.state === 'TASK_STARTING', 'TASK_STARTING'),
    vanish: () => stream.destroy(),
  };
}

test(
  'is found again by the next launch on the same data directory',
  async () => {
    const first = await launch();
    assert.ok(first.started);
    const second = await launch();
    assert.equal({ ...second, started: true }, first);
    assert.not(second.started);
    await stopCluster({ dataDir });
    assert.not(lives(first.pid));
    const third = await launch();
    assert.ok(third.started);
    assert.is.not(third.pid, first.pid);
  },
  LIMIT_MS,
);

test(
  'is one, when two launches meet',
  async () => {
    const both = await Promise.all([launch(), launch()]);
    assert.is(both[0]?.pid, both[1]?.pid);
    assert.is(both[0]?.master, both[1]?.master);
  },
  LIMIT_MS,
);

test(
  'ends by itself, with all processes of its executors, when no scheduler comes back',
  async () => {
    const { master, pid } = await launch({ idleMs: 1_000 });
    const pidFile = join(dataDir, 'pid');
    const client = await scheduler(master, `sleep 1000 & echo $! > ${pidFile}; wait`);
    await client.started();
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', 'the task');
    const sleeper = Number(readFileSync(pidFile, 'utf8'));
    await pause(1_500);
    assert.ok(lives(pid), 'a subscribed scheduler keeps the cluster alive');
    client.vanish();
    await until(() => !lives(pid), 'the end of the cluster');
    assert.not(lives(sleeper));
    assert.not(existsSync(join(dataDir, 'cluster', 'cluster.json')));
  },
  LIMIT_MS,
);

test(
  'ends when no scheduler ever comes',
  async () => {
    const { pid } = await launch({ idleMs: 300 });
    await until(() => !lives(pid), 'the end of the cluster');
  },
  LIMIT_MS,
);

const failure = async (promise: Promise<unknown>): Promise<AuroraError> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AuroraError) return error;
    throw error;
  }
  throw new Error('did not fail');
};

test(
  'says which port is in use',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const error = await failure(launch({ port }));
      assert.is(error.code, 'MESOS');
      assert.match(error.message, new RegExp(`port ${port} is in use`));
    } finally {
      server.close();
    }
  },
  LIMIT_MS,
);

test('says which directory it cannot use', async () => {
  const file = join(dataDir, 'file');
  writeFileSync(file, '');
  const error = await failure(launch({ dataDir: file }));
  assert.is(error.code, 'STORAGE');
  assert.match(error.message, file);
});

test('shows the last lines of a process that died', async () => {
  const command = [process.execPath, '-e', 'console.error("no such luck"); process.exit(3)'];
  const error = await failure(launch({ command }));
  assert.match(error.message, 'exit code 3');
  assert.match(error.message, 'no such luck');
});

test(
  'takes no other process for the cluster, though it has the same number',
  async () => {
    const { pid } = await launch();
    await stopCluster({ dataDir });
    const record = { pid: process.pid, startTicks: 1, master: '127.0.0.1:1' };
    writeFileSync(join(dataDir, 'cluster', 'cluster.json'), JSON.stringify(record));
    const again = await launch();
    assert.ok(again.started);
    assert.is.not(again.pid, process.pid);
    assert.is.not(again.pid, pid);
  },
  LIMIT_MS,
);

test.run();
