/**
 * How long the end of a task takes on a machine with many other executors: from the exit of its last process, or from a
 * KILL, to the report of the end. It must not depend on the number of executors.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScriptedAgent, scriptedAgent, taskData } from '../test/executor/scripted-agent.ts';
import { figure, median } from './harness.ts';

const EXECUTOR = 'dist/aurora-executor';
const OTHERS = 200;
const ROUNDS = 10;
/** The number of executors that start at the same time; more would only wait for the processor. */
const SIDE_BY_SIDE = 4;

/** A task that waits at a named pipe, writes down when that wait ended, and ends. */
const WAITER = taskData({
  processes: [{ name: 'waiter', cmdline: 'mkfifo go; read word < go; date +%s%N > ended' }],
});

interface Running {
  readonly agent: ScriptedAgent;
  readonly executor: ChildProcess;
  readonly directory: string;
}

async function start(base: string, name: string): Promise<Running> {
  const agent = await scriptedAgent();
  const directory = join(base, name);
  mkdirSync(directory);
  const executor = spawn(EXECUTOR, ['--nosetuid'], { env: agent.environment(directory), stdio: 'ignore' });
  await agent.subscribed();
  agent.launch('task-1', WAITER);
  await agent.reported('TASK_RUNNING');
  return { agent, executor, directory };
}

async function gone({ agent, executor, directory }: Running): Promise<void> {
  if (executor.exitCode === null) await new Promise((done) => executor.once('exit', done));
  await agent.close();
  rmSync(directory, { recursive: true, force: true });
}

const nowMs = () => performance.timeOrigin + performance.now();

/** The milliseconds from the time that the process wrote down to the report. */
async function finish(base: string, name: string): Promise<number> {
  const running = await start(base, name);
  const sandbox = join(running.directory, 'sandbox');
  execFileSync('/bin/bash', ['-c', 'until [ -p go ]; do sleep 0.01; done; echo go > go'], { cwd: sandbox });
  await running.agent.reported('TASK_FINISHED');
  const reportedMs = nowMs();
  const endedMs = Number(readFileSync(join(sandbox, 'ended'), 'utf8')) / 1e6;
  await gone(running);
  return reportedMs - endedMs;
}

async function kill(base: string, name: string): Promise<number> {
  const running = await start(base, name);
  const startMs = nowMs();
  running.agent.send({ type: 'KILL', kill: { task_id: { value: 'task-1' } } });
  await running.agent.reported('TASK_KILLED');
  const tookMs = nowMs() - startMs;
  await gone(running);
  return tookMs;
}

async function measure(base: string, others: number): Promise<void> {
  const finished: number[] = [];
  const killed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    finished.push(await finish(base, `finish-${others}-${round}`));
    killed.push(await kill(base, `kill-${others}-${round}`));
  }
  const conditions = `median of ${ROUNDS}, ${others} other executors with a process each`;
  figure({ name: `finished_${others}_ms`, value: median(finished), unit: 'ms', conditions });
  figure({ name: `killed_${others}_ms`, value: median(killed), unit: 'ms', conditions });
}

const base = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
const others: Running[] = [];
try {
  await measure(base, 0);
  while (others.length < OTHERS) {
    const names = Array.from({ length: SIDE_BY_SIDE }, (_, index) => `other-${others.length + index}`);
    others.push(...(await Promise.all(names.map((name) => start(base, name)))));
  }
  await measure(base, OTHERS);
} finally {
  for (const { executor } of others) executor.kill('SIGTERM');
  await Promise.all(others.map(gone));
  rmSync(base, { recursive: true, force: true });
}
