/**
 * `job logs -f` through the scheduler, with 100 instances that each write 100 lines a second for a minute while ten of
 * them are restarted. The lines are counted. The scheduler, the observer and the client are the built programs; Mesos'
 * agents are simulated, and one process writes for all tasks, to files that the observer serves. `--small` takes ten
 * seconds.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/e2e/product.ts';
import type { WriterAnswer, WriterOrder } from './cluster/log-writer.ts';
import { offered, pause, startBenchCluster } from './cluster/start.ts';
import { figure } from './harness.ts';

const INSTANCES = 100;
const LINES_PER_SEC = 100;
const SECONDS = process.argv.includes('--small') ? 10 : 60;
const RESTARTS = 10;
const CLOCK_TICKS = 100;

const [loadBefore = 0] = loadavg();
const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-logs-'));
const root = join(directory, 'mesos');
mkdirSync(root);
const observerPort = await freePort();
const cluster = await startBenchCluster(
  { agents: 10, resources: 'cpus:64;mem:65536;disk:1000000;ports:[31000-32000]', racks: 1 },
  { flags: [`-observer_url=http://127.0.0.1:${observerPort}`] },
);
const children: ChildProcess[] = [];

const cpuSeconds = (pid: number | undefined): number => {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
};

const key = { role: 'bench', environment: 'prod', name: 'talk' };
const tasksNow = async () =>
  (
    (await cluster.call('getTasksWithoutConfigs', { query: { jobKeys: [key], statuses: ['RUNNING'] } }))
      .result?.scheduleStatusResult?.tasks ?? []
  ).map(({ assignedTask }) => ({
    taskId: assignedTask?.taskId ?? '',
    instance: assignedTask?.instanceId ?? 0,
  }));

async function running(known: ReadonlySet<string>, wanted: number) {
  for (;;) {
    const fresh = (await tasksNow()).filter(({ taskId }) => !known.has(taskId));
    if (fresh.length >= wanted) return fresh;
    await pause(100);
  }
}

try {
  const writer = fork(
    fileURLToPath(new URL('./cluster/log-writer.ts', import.meta.url)),
    [root, `${LINES_PER_SEC}`],
    {
      execArgv: process.execArgv,
    },
  );
  children.push(writer);
  const tell = async (order: WriterOrder): Promise<WriterAnswer['lines']> => {
    writer.send(order);
    const [answer] = (await once(writer, 'message')) as [WriterAnswer];
    return answer.lines;
  };
  const observer = spawn(
    process.execPath,
    [
      resolve('bin/aurora.js'),
      'observer',
      '--mesos-root',
      root,
      '--port',
      `${observerPort}`,
      '--ip',
      '127.0.0.1',
      '--polling_interval_secs',
      '1',
      '--disable_task_resource_collection',
    ],
    { stdio: 'ignore' },
  );
  children.push(observer);
  await offered(cluster, 10);
  await cluster.call('createJob', {
    description: {
      key,
      owner: { user: 'bench' },
      instanceCount: INSTANCES,
      taskConfig: {
        job: key,
        owner: { user: 'bench' },
        isService: true,
        maxTaskFailures: 1,
        executorConfig: { name: 'AuroraExecutor', data: '{}' },
        resources: [{ numCpus: 0.25 }, { ramMb: 256 }, { diskMb: 512 }],
      },
    },
  });
  const known = new Set<string>();
  const written = new Map<string, number>();
  const first = await running(known, INSTANCES);
  const instanceOf = new Map(first.map(({ instance, taskId }) => [instance, taskId]));
  for (const { taskId } of first) known.add(taskId);
  await tell({ begin: [...known] });
  await pause(3_000);

  const config = join(directory, 'etc');
  mkdirSync(config);
  const uri = `http://127.0.0.1:${cluster.port}`;
  writeFileSync(
    join(config, 'clusters.json'),
    JSON.stringify([{ name: 'bench', scheduler_uri: uri, auth_mechanism: 'UNAUTHENTICATED' }]),
  );
  const words = [
    'job',
    'logs',
    '-f',
    '--tail',
    'all',
    '--no-prefix',
    '--max-streams',
    `${INSTANCES}`,
    'bench/bench/prod/talk',
  ];
  const client = spawn(process.execPath, [resolve('bin/aurora.js'), ...words], {
    env: { ...process.env, HOME: directory, AURORA_CONFIG_ROOT: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(client);
  const seen = new Map<string, Map<number, number>>();
  let rest = '';
  client.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [task = '', number] = line.split(' ');
      const ofTask = seen.get(task) ?? new Map<number, number>();
      seen.set(task, ofTask);
      ofTask.set(Number(number), (ofTask.get(Number(number)) ?? 0) + 1);
    }
  });
  let notes = '';
  client.stderr.on('data', (chunk) => (notes += chunk));
  await pause(2_000);
  await cluster.longestStall();
  const pids = { client: client.pid, scheduler: cluster.schedulerPid, observer: observer.pid };
  const before = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)]));
  const startMs = performance.now();

  for (let restart = 0; restart < RESTARTS; restart++) {
    await pause((SECONDS * 1000) / RESTARTS);
    const instance = restart * 7;
    const old = instanceOf.get(instance) as string;
    for (const [task, lines] of Object.entries(await tell({ end: [old] }))) written.set(task, lines);
    await cluster.call('restartShards', { job: key, shardIds: [instance] });
    for (const { taskId } of await running(known, 1)) {
      known.add(taskId);
      instanceOf.set(instance, taskId);
      await tell({ begin: [taskId] });
    }
  }
  const seconds = (performance.now() - startMs) / 1000;
  const used = Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid) - (before[name] ?? 0)]),
  );
  const { ownMs, stallMs } = await cluster.longestStall();
  for (const [task, lines] of Object.entries(await tell({ end: [...instanceOf.values()] })))
    written.set(task, lines);
  await pause(8_000);
  client.kill('SIGINT');
  await once(client, 'close');

  let lost = 0;
  let doubled = 0;
  let total = 0;
  for (const [task, lines] of written) {
    total += lines;
    const ofTask = seen.get(task);
    for (let number = 0; number < lines; number++) {
      const times = ofTask?.get(number) ?? 0;
      if (times === 0) lost++;
      if (times > 1) doubled++;
    }
  }
  const conditions = [
    `${INSTANCES} instances, ${LINES_PER_SEC} lines/s each, ${seconds.toFixed(0)} s, ${RESTARTS} restarts, ${total} lines`,
    'through the scheduler, from one observer for all',
    `${availableParallelism()} cores, load ${loadBefore.toFixed(1)} before, node ${process.version}`,
  ].join('; ');
  figure({ name: 'lines_lost', value: lost, unit: 'lines', conditions });
  figure({ name: 'lines_doubled', value: doubled, unit: 'lines', conditions });
  figure({ name: 'client_cpu_percent', value: (100 * (used.client ?? 0)) / seconds, unit: '%', conditions });
  figure({
    name: 'scheduler_cpu_percent',
    value: (100 * (used.scheduler ?? 0)) / seconds,
    unit: '%',
    conditions,
  });
  figure({
    name: 'observer_cpu_percent',
    value: (100 * (used.observer ?? 0)) / seconds,
    unit: '%',
    conditions,
  });
  figure({ name: 'max_stall_ms', value: stallMs, unit: 'ms', conditions });
  console.log(`of the longest stall the scheduler computed ${ownMs.toFixed(0)} ms`);
  console.log(notes.split('\n').slice(0, 40).join('\n'));
  if (lost + doubled > 0) process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  await cluster.stop();
  rmSync(directory, { recursive: true, force: true });
}
