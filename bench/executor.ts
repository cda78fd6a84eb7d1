/**
 * What an executor costs: memory while one process runs, and time from its own start to that of the user's process. A
 * scripted agent launches the task in the answer to the subscription, as a real one does.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScriptedAgent, scriptedAgent, taskData } from '../test/executor/scripted-agent.ts';
import { figure, median } from './harness.ts';

const EXECUTOR = 'dist/aurora-executor';
const ROUNDS = 15;
/** V8 gives start-up garbage back once a program has been idle for 8 s; it is about 2 MB. */
const SETTLE_MS = 10_000;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Kibibytes of a field of smaps_rollup. */
function memoryKib(pid: number, field: string): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]);
}

/** Writes when it was started, in nanoseconds of the clock that `Date.now` shows, and stays. */
const STAMP = taskData({ processes: [{ name: 'p', cmdline: 'date +%s%N > started; exec sleep 1000' }] });

interface Started {
  readonly executor: ChildProcess;
  readonly launchMs: number;
  stop(): Promise<void>;
}

async function start(agent: ScriptedAgent, round: number): Promise<Started> {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  const stamp = join(directory, 'sandbox', 'started');
  const startMs = performance.timeOrigin + performance.now();
  const executor = spawn(EXECUTOR, ['--nosetuid'], { env: agent.environment(directory), stdio: 'ignore' });
  await agent.subscribed(round + 1);
  agent.launch('task-1', STAMP);
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
  const started = await start(agent, round);
  launches.push(started.launchMs);
  if (round < ROUNDS - 1) {
    await started.stop();
    continue;
  }
  await pause(SETTLE_MS);
  const pid = started.executor.pid as number;
  const privateKib = memoryKib(pid, 'Private_Clean') + memoryKib(pid, 'Private_Dirty');
  const conditions = `one running process, idle for ${SETTLE_MS / 1000} s, node ${process.version}, other node processes on the machine`;
  figure({ name: 'rss_mb', value: memoryKib(pid, 'Rss') / 1024, unit: 'MB', conditions });
  figure({ name: 'private_mb', value: privateKib / 1024, unit: 'MB', conditions });
  await started.stop();
}
figure({
  name: 'launch_over_node_ms',
  value: median(launches) - median(bare),
  unit: 'ms',
  conditions: `median of ${ROUNDS}: executor start to first command of the process, above bare node (${median(bare).toFixed(0)} ms)`,
});
await agent.close();
