/**
 * The example of a web service on the embedded cluster with a real ZooKeeper: RUNNING and announced when it answers,
 * FAILED when it stops answering, out of ZooKeeper before it is told to stop.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ZooKeeperSession } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { openAt } from '../zookeeper/opened.ts';
import { startZooKeeper, type ZooKeeperServer } from '../zookeeper/server.ts';
import { newProduct, type Product, type RunningScheduler, until } from './product.ts';

const test = suite('examples/web_service');

const KEY = 'local/hello/devel/web_service';
const SET = '/aurora/hello/devel/web_service';
/** Generous: both cores may be busy with other tests. */
const LIMIT_MS = 90_000;

let product: Product;
let scheduler: RunningScheduler;
let zookeeper: ZooKeeperServer;
let watcher: ZooKeeperSession;
/** Is asked by every server that gets SIGTERM, before it ends. */
let witness: Server;
/** How many members ZooKeeper had whenever the witness was asked. */
const atSigterm: number[] = [];

const members = async (): Promise<readonly string[]> =>
  ((await watcher.children(SET).catch(() => undefined)) ?? []).filter((name) => name.startsWith('member_'));

test.before(async () => {
  [zookeeper, product] = await Promise.all([startZooKeeper(), newProduct()]);
  const opened = openAt(zookeeper.address, { sessionTimeoutMs: 10_000 });
  watcher = opened.session;
  await opened.until('connected');
  witness = createServer(async (_, reply) => {
    atSigterm.push((await members()).length);
    reply.end();
  });
  await new Promise<void>((done) => witness.listen(0, '127.0.0.1', done));
  scheduler = await product.startScheduler(
    `-thermos_executor_flags=--nosetuid --announcer-ensemble=${zookeeper.address}`,
    '-flapping_task_threshold=1secs',
  );
});

test.after(async () => {
  await scheduler?.stop();
  product?.remove();
  witness?.close();
  await watcher?.close();
  await zookeeper?.stop();
});

/** The example as it is, but for what the test has to see or to decide. */
function source(): string {
  const { port } = witness.address() as AddressInfo;
  const changes: readonly (readonly [string, string])[] = [
    // It begins to answer when the test says so, falls silent when the test says so, and asks before it ends.
    [`cmdline: \`echo`, `cmdline: \`until test -e ${product.home}/open; do sleep 0.05; done; echo`],
    ['reply.end("ok")', 'require("node:fs").existsSync("silent") || reply.end("ok")'],
    [
      ".listen(${port('http')})`",
      `.listen(\${port('http')}); process.on("SIGTERM", () => require("node:http").get("http://127.0.0.1:${port}", () => process.exit(0)))\``,
    ],
    ['initialIntervalSecs: 10', 'initialIntervalSecs: 20'],
  ];
  return changes.reduce(
    (text, [from, to]) => {
      assert.ok(text.includes(from), `the example has ${from}`);
      return text.replace(from, () => to);
    },
    readFileSync('examples/web_service.aurora.ts', 'utf8'),
  );
}

interface Task {
  readonly status: string;
  readonly taskEvents: readonly { readonly status: string; readonly message?: string }[];
  readonly assignedTask: { readonly taskId: string; readonly instanceId: number };
}

async function tasks(): Promise<{ readonly active: readonly Task[]; readonly inactive: readonly Task[] }> {
  const { code, stdout, stderr } = await product.aurora('job', 'status', '--write-json', KEY);
  assert.is(code, 0, stderr);
  const [job] = JSON.parse(stdout);
  return { active: job?.active ?? [], inactive: job?.inactive ?? [] };
}

const allAre = (status: string) =>
  until(
    `two instances are ${status}`,
    async () => {
      const { active } = await tasks();
      return active.length === 2 && active.every((task) => task.status === status) ? active : undefined;
    },
    LIMIT_MS,
  );

const announced = (count: number) =>
  until(`${count} members`, async () => (await members()).length === count, LIMIT_MS);

function sandboxOf({ assignedTask: { taskId } }: Task): string {
  const runs = readdirSync(product.dataDir, { recursive: true, encoding: 'utf8' });
  const own = runs.find(
    (path) => path.endsWith('/sandbox') && path.includes(taskId) && !path.includes('/latest/'),
  );
  return join(product.dataDir, own as string);
}

test('is RUNNING and announced when it answers, not before', async () => {
  const file = product.jobFile('web.aurora.ts', source());
  const created = await product.aurora('job', 'create', KEY, file);
  assert.is(created.code, 0, created.stderr);
  await allAre('STARTING');
  // Its processes run by now.
  await until(
    'the shells run',
    () => {
      const shells = readdirSync(product.dataDir, { recursive: true, encoding: 'utf8' }).filter(
        (path) => path.endsWith('.logs/serve/0/stdout') && !path.includes('/latest/'),
      );
      return shells.length === 2;
    },
    LIMIT_MS,
  );
  assert.equal(await members(), []);
  for (const { status } of (await tasks()).active) assert.is(status, 'STARTING');
  writeFileSync(join(product.home, 'open'), '');
  await allAre('RUNNING');
  await announced(2);
}, 300_000);

test('is FAILED when it stops answering, and out of ZooKeeper; the next one is RUNNING again', async () => {
  const [first] = (await tasks()).active as [Task];
  writeFileSync(join(sandboxOf(first), 'silent'), '');
  const failed = await until(
    'it FAILED',
    async () =>
      (await tasks()).inactive.find(({ assignedTask }) => assignedTask.taskId === first.assignedTask.taskId),
    LIMIT_MS,
  );
  assert.is(failed.status, 'FAILED');
  const last = failed.taskEvents.at(-1)?.message ?? '';
  assert.match(last, /health/i, 'says why');
  const active = await allAre('RUNNING');
  assert.ok(active.some(({ assignedTask }) => assignedTask.taskId !== first.assignedTask.taskId));
  await announced(2);
}, 300_000);

test('leaves ZooKeeper before its processes are told to stop', async () => {
  atSigterm.length = 0;
  const killed = await product.aurora('job', 'kill', `${KEY}/1`);
  assert.is(killed.code, 0, killed.stderr);
  assert.equal(atSigterm, [1], 'the other one was the only member when SIGTERM came');
  const rest = await product.aurora('job', 'killall', KEY);
  assert.is(rest.code, 0, rest.stderr);
  assert.equal(atSigterm, [1, 0]);
  assert.equal(await members(), []);
}, 300_000);

test.run();
