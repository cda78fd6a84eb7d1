/**
 * What an observer costs on a machine with 1,000 tasks, each with a running process, an executor, a log and a
 * checkpoint: its memory, the time of a task's page, and the processor time for looking and measuring.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeCheckpoint, runnerFile, taskFile } from '../src/api/checkpoints/index.ts';
import { bootId, identify, pidNamespace, processEntry, TICKS_A_SECOND } from '../src/proc/process-id.ts';
import { figure } from './harness.ts';

const TASKS = 1_000;
const PAGES = 2_000;
/** Long enough for two samples of all processes, one of the disks, and a dozen looks. */
const IDLE_MS = 65_000;
const LOG_BYTES = 20_000;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Writes a task as an executor leaves it on the disk; its shell and its executor are sleeping processes. */
function writeTask(root: string, number: number, executor: number, shell: number): string {
  const taskId = `www-prod-web-${number}-6f1dd8a2`;
  const run = join(root, 'slaves/s/frameworks/f/executors', `thermos-${taskId}`, 'runs', `c-${number}`);
  const sandbox = join(run, 'sandbox');
  const logs = join(sandbox, '.logs/web/0');
  mkdirSync(logs, { recursive: true });
  for (const stream of ['stdout', 'stderr']) writeFileSync(join(logs, stream), 'x'.repeat(LOG_BYTES));
  const checkpoints = join(run, 'checkpoints');
  for (const path of [taskFile(checkpoints, 'active', taskId), runnerFile(checkpoints, taskId)])
    mkdirSync(dirname(path), { recursive: true });
  const processes = [{ name: 'web', cmdline: 'exec ./serve --port {{thermos.ports[http]}}' }];
  writeFileSync(taskFile(checkpoints, 'active', taskId), JSON.stringify({ name: 'web', processes }));
  const now = Date.now();
  const run_ = { process: 'web', fork_time: now / 1000, coordinator_pid: shell };
  const records = [
    { task_status: { state: 'ACTIVE' as const, timestamp_ms: now, runner_pid: executor, runner_uid: 0 } },
    {
      runner_header: {
        task_id: taskId,
        launch_time_ms: now,
        sandbox,
        hostname: 'agent-1',
        user: 'www',
        ports: { http: 31_000 },
        log_dir: join(sandbox, '.logs'),
        runner_start_ticks: identify(executor)?.startTicks,
        boot_id: bootId(),
        pid_namespace: pidNamespace(),
      },
    },
    { process_status: { seq: 0, process: 'web', state: 'WAITING' as const } },
    { process_status: { seq: 1, state: 'FORKED' as const, ...run_ } },
    {
      process_status: {
        seq: 2,
        process: 'web',
        state: 'RUNNING' as const,
        start_time: now / 1000,
        pid: shell,
      },
    },
  ];
  writeFileSync(runnerFile(checkpoints, taskId), Buffer.concat(records.map(encodeCheckpoint)));
  return taskId;
}

/** Sleeping processes, all of which end with this one. */
const sleepers: ChildProcess[] = [];
function sleeper(): number {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  sleepers.push(child);
  return child.pid as number;
}

const root = mkdtempSync(join(tmpdir(), 'aurora-bench-observer-'));
let observer: ChildProcess | undefined;
try {
  // One process stands for both executor and shell; with two thousand the bench would measure the machine's scheduler.
  const taskIds = Array.from({ length: TASKS }, (_, at) => {
    const pid = sleeper();
    return writeTask(root, at, pid, pid);
  });
  observer = spawn(
    process.execPath,
    ['bin/aurora.js', 'observer', `--mesos-root=${root}`, '--ip=127.0.0.1', '--port=0'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [observer.stdout, observer.stderr]) stream?.on('data', (part) => (said += part));
  const pid = observer.pid as number;
  const portOf = () => /Observer at http:\/\/127.0.0.1:(\d+)\n/.exec(said)?.[1];
  while (!portOf()) {
    if (observer.exitCode !== null) throw new Error(`the observer ended: ${said}`);
    await pause(20);
  }
  const port = Number(portOf());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const page = (path: string): Promise<{ status: number; ms: number }> => {
    const startMs = performance.now();
    return new Promise((resolve, reject) =>
      get({ host: '127.0.0.1', port, path, agent }, (answer) => {
        answer.resume();
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, ms: performance.now() - startMs }),
        );
      }).once('error', reject),
    );
  };
  const count = async () =>
    (await (await fetch(`http://127.0.0.1:${port}/j/task_id_count`)).json()) as { active: number };
  while ((await count()).active < TASKS) await pause(100);

  const ticks = () => {
    const { userTicks = 0, systemTicks = 0 } = processEntry(pid) ?? {};
    return userTicks + systemTicks;
  };
  await pause(25_000);
  const [before, fromMs] = [ticks(), performance.now()];
  await pause(IDLE_MS);
  const idleSecs = (performance.now() - fromMs) / 1000;
  const idlePercent = ((ticks() - before) / TICKS_A_SECOND / idleSecs) * 100;

  const times: number[] = [];
  const pagesFrom = ticks();
  for (let at = 0; at < PAGES; at++) {
    const { status, ms } = await page(`/task/${taskIds[(at * 7) % TASKS]}`);
    if (status !== 200) throw new Error(`a page answers ${status}`);
    times.push(ms);
  }
  const cpuMsAPage = ((ticks() - pagesFrom) / TICKS_A_SECOND / PAGES) * 1000;
  times.sort((a, b) => a - b);
  const { rss } = { rss: processEntry(pid) };
  if (!rss) throw new Error(`the observer ended: ${said}`);
  const status = await (await fetch(`http://127.0.0.1:${port}/vars/sys.rss_bytes`)).text();
  const conditions = `${TASKS} active tasks with a running process each, default intervals, node ${process.version}`;
  figure({
    name: 'rss_mb',
    value: Number(status) / 2 ** 20,
    unit: 'MB',
    conditions: `${conditions}, after ${PAGES} pages`,
  });
  figure({
    name: 'task_page_p99_ms',
    value: times[Math.floor(PAGES * 0.99)] as number,
    unit: 'ms',
    conditions: `${conditions}; ${PAGES} pages one after the other, ${cpuMsAPage.toFixed(2)} ms of CPU each`,
  });
  figure({
    name: 'cpu_percent',
    value: idlePercent,
    unit: '%',
    conditions: `${conditions}, nobody looking, over ${idleSecs.toFixed(0)} s`,
  });
  agent.destroy();
  observer.kill('SIGTERM');
  await once(observer, 'exit');
} finally {
  observer?.kill('SIGKILL');
  for (const child of sleepers) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}
