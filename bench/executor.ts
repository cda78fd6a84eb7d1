/**
 * What an executor costs: memory and processor time while it runs five processes with HTTP health checks and an
 * announcement in a real ZooKeeper, and the time from its own start to that of the user's process. A scripted agent
 * launches the task in its answer to the subscription, like a real one.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEntry, TICKS_A_SECOND } from '../src/proc/process-id.ts';
import { type ScriptedAgent, scriptedAgent, taskData } from '../test/executor/scripted-agent.ts';
import { startZooKeeper } from '../test/zookeeper/server.ts';
import { figure, median } from './harness.ts';

/**
 * A folder without a package.json that says what kind of module the program is, like the sandbox that an agent copies
 * it to.
 */
const FOLDER = mkdtempSync(join(tmpdir(), 'aurora-bench-program-'));
const EXECUTOR = join(FOLDER, 'aurora-executor');
copyFileSync('dist/aurora-executor', EXECUTOR);
const ROUNDS = 15;
/** V8 frees the garbage of start-up, about 2 MB, once a program has been idle for 8 s. */
const SETTLE_MS = 10_000;
/** How long it is watched while idle. This covers several health checks, which come every 10 s, and a metrics file. */
const IDLE_MS = 70_000;
const PROCESSES = 5;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A field of smaps_rollup in kibibytes. */
function memoryKib(pid: number, field: string): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]);
}

/** A task that writes the time of its start, in nanoseconds of the clock behind `Date.now`, and keeps running. */
const STAMP = taskData({ processes: [{ name: 'p', cmdline: 'date +%s%N > started; exec sleep 1000' }] });

interface Started {
  readonly executor: ChildProcess;
  readonly launchMs: number;
  stop(): Promise<void>;
}

/** The task to run, and the executor's flags. */
interface Load {
  readonly data: string;
  readonly flags: readonly string[];
}

async function start(agent: ScriptedAgent, round: number, { data, flags }: Load): Promise<Started> {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  const stamp = join(directory, 'sandbox', 'started');
  const startMs = performance.timeOrigin + performance.now();
  const environment = agent.environment(directory);
  const executor = spawn(EXECUTOR, ['--nosetuid', ...flags], { env: environment, stdio: 'ignore' });
  await agent.subscribed(round + 1);
  agent.launch('task-1', data);
  const read = () => (existsSync(stamp) ? readFileSync(stamp, 'utf8').trim() : '');
  while (read() === '') await pause(1);
  return {
    executor,
    launchMs: Number(read()) / 1e6 - startMs,
    async stop() {
      agent.send({ type: 'SHUTDOWN' });
      await new Promise((done) => executor.once('exit', done));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Five processes, the first of which writes the time of its start; `port` answers the health checks. */
const service = (port: number): string =>
  taskData({}, 'task-1', {
    role: 'nobody',
    task: {
      name: 'service',
      processes: Array.from({ length: PROCESSES }, (_, at) => ({
        name: `p-${at}`,
        cmdline: `${at === 0 ? 'date +%s%N > started; ' : ''}exec sleep 1000`,
      })),
    },
    health_check_config: {},
    announce: { primary_port: 'health', portmap: { health: port } },
  });

const cpuTicks = (pid: number): number => {
  const { userTicks = 0, systemTicks = 0 } = processEntry(pid) ?? {};
  return userTicks + systemTicks;
};

function bareNodeMs(): number {
  const startMs = performance.now();
  spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  return performance.now() - startMs;
}

const agent = await scriptedAgent();
const launches: number[] = [];
const bare: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  bare.push(bareNodeMs());
  const started = await start(agent, round, { data: STAMP, flags: [] });
  launches.push(started.launchMs);
  await started.stop();
}
figure({
  name: 'launch_over_node_ms',
  value: median(launches) - median(bare),
  unit: 'ms',
  conditions: `median of ${ROUNDS}: executor start to first command of the process, above bare node (${median(bare).toFixed(0)} ms)`,
});

let checks = 0;
const health = createServer((_, reply) => {
  checks++;
  reply.end('ok');
});
await new Promise<void>((done) => health.listen(0, '127.0.0.1', done));
const zookeeper = await startZooKeeper();
const { port } = health.address() as AddressInfo;
const load = { data: service(port), flags: [`--announcer-ensemble=${zookeeper.address}`] };
const started = await start(agent, ROUNDS, load);
await agent.reported('TASK_RUNNING');
await pause(SETTLE_MS);
const pid = started.executor.pid as number;
const [ticksBefore, checksBefore, fromMs] = [cpuTicks(pid), checks, performance.now()];
await pause(IDLE_MS);
const usedSecs = (cpuTicks(pid) - ticksBefore) / TICKS_A_SECOND;
const passedSecs = (performance.now() - fromMs) / 1000;
const privateKib = memoryKib(pid, 'Private_Clean') + memoryKib(pid, 'Private_Dirty');
const conditions = `${PROCESSES} running processes, HTTP health check every 10 s (${checks - checksBefore} of them), announced, ${passedSecs.toFixed(0)} s, node ${process.version}, other node processes on the machine`;
figure({ name: 'rss_mb', value: memoryKib(pid, 'Rss') / 1024, unit: 'MB', conditions });
figure({ name: 'private_mb', value: privateKib / 1024, unit: 'MB', conditions });
figure({ name: 'idle_cpu_percent', value: (usedSecs / passedSecs) * 100, unit: '%', conditions });
await started.stop();
health.close();
await zookeeper.stop();
await agent.close();
rmSync(FOLDER, { recursive: true, force: true });
