/**
 * Starts a scheduler from the build, like users do, and simulated agents: two processes that talk over real sockets.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CallArgs,
  type CallName,
  callOf,
  decodeMessage,
  encodeMessage,
  type Wire,
} from '../../src/api/index.ts';
import type { AgentsOptions } from './agents.ts';

export interface Stall {
  readonly stallMs: number;
  /** The longest part of a stall in which the scheduler's main thread computed. The rest is the machine's. */
  readonly ownMs: number;
  /** The same, counting the helper threads of V8 and libuv too. */
  readonly threadsMs: number;
  /** The size of V8's heap at this moment, including garbage. */
  readonly heapBytes: number;
}

export interface BenchCluster {
  readonly schedulerPid: number;
  /** The scheduler's port on loopback. */
  readonly port: number;
  readonly agentsPid: number;
  /** Calls the scheduler's Thrift API. Throws unless the answer is OK. */
  call<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'>>;
  vars(): Promise<Record<string, number>>;
  /** The longest time since the last call in which the scheduler's event loop was blocked. */
  longestStall(): Promise<Stall>;
  /** Ends both processes and removes their files. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = 'application/vnd.apache.thrift.binary';
const READY = /http:\/\/127\.0\.0\.1:(\d+)/;
const STOP_MS = 20_000;

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Starts the agents. They end with this process, or when its channel to them is closed. */
export async function startAgents(
  options: AgentsOptions,
): Promise<{ process: ChildProcess; master: string }> {
  const child = fork(fileURLToPath(new URL('./agents.ts', import.meta.url)), [JSON.stringify(options)], {
    // The agents must be faster than the scheduler they measure, so they spend less time on their garbage.
    execArgv: [
      ...process.execArgv,
      '--min-semi-space-size=256',
      '--max-semi-space-size=256',
      '--max-old-space-size=16000',
      '--heap-growing-percent=100',
      ...(process.env.BENCH_AGENT_FLAGS?.split(' ') ?? []),
    ],
  });
  const [master] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (typeof master !== 'string') throw new Error('the simulated agents did not start');
  return { process: child, master };
}

/** How to start the scheduler, beyond what every bench needs. */
export interface SchedulerStart {
  readonly flags?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** The interval between looks at its event loop, in milliseconds. A look costs tens of microseconds. Default: 5. */
  readonly probeMs?: number;
}

/** Starts `aurora scheduler start`; resolves when its API answers. */
async function startScheduler(
  directory: string,
  master: string,
  { flags = [], nodeFlags = [], probeMs = 5 }: SchedulerStart,
) {
  const log = openSync(join(directory, 'log'), 'w');
  const args = [
    ...nodeFlags,
    ...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []),
    '--require',
    fileURLToPath(new URL('./stall-probe.cjs', import.meta.url)),
    join(root, 'bin/aurora.js'),
    'scheduler',
    'start',
    '-ip=127.0.0.1',
    '-http_port=0',
    `-mesos_master_address=${master}`,
    `-data_dir=${join(directory, 'data')}`,
    ...flags,
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', log, 'ipc'],
    env: { ...process.env, STALL_PROBE_MS: String(probeMs) },
  });
  closeSync(log);
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk;
    const port = READY.exec(said)?.[1];
    if (port !== undefined) return { process: child, port: Number(port) };
  }
  throw new Error(`the scheduler did not start:\n${readFileSync(join(directory, 'log'), 'utf8')}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await once(child, 'exit');
  clearTimeout(late);
}

function post(port: number, agent: Agent, body: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path: '/api',
      method: 'POST',
      agent,
      headers: { 'Content-Type': BINARY, Accept: BINARY, 'Content-Length': body.length },
    });
    outgoing.on('error', reject);
    outgoing.on('response', async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
      resolve(Buffer.concat(parts));
    });
    outgoing.end(body);
  });
}

/** Resolves when the scheduler holds an offer of every agent. */
export async function offered(cluster: BenchCluster, agents: number): Promise<void> {
  for (;;) {
    if ((await cluster.vars()).outstanding_offers === agents) return;
    await pause(100);
  }
}

/** Starts agents and a scheduler, each in a process of its own. */
export async function startBenchCluster(
  options: AgentsOptions,
  start: SchedulerStart = {},
): Promise<BenchCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
  const agents = await startAgents(options);
  const scheduler = await startScheduler(directory, agents.master, start);
  const connections = new Agent({ keepAlive: true, maxSockets: 8 });
  return {
    schedulerPid: scheduler.process.pid as number,
    port: scheduler.port,
    agentsPid: agents.process.pid as number,
    async call(method, args) {
      const body = encodeMessage(callOf(method, args), 'binary') as Uint8Array;
      const reply = decodeMessage(await post(scheduler.port, connections, body), 'binary');
      if (reply.kind !== 'reply' || reply.response.responseCode !== 'OK')
        throw new Error(`${method} failed: ${JSON.stringify(reply)}`);
      return reply.response;
    },
    async vars() {
      const headers = { 'accept-encoding': 'identity' };
      const response = await fetch(`http://127.0.0.1:${scheduler.port}/vars.json`, { headers });
      return (await response.json()) as Record<string, number>;
    },
    async longestStall() {
      const said = once(scheduler.process, 'message');
      scheduler.process.send('tell');
      return (await said)[0] as Stall;
    },
    async stop() {
      connections.destroy();
      if ((scheduler.process.exitCode ?? scheduler.process.signalCode) !== null)
        console.error(readFileSync(join(directory, 'log'), 'utf8'));
      scheduler.process.kill('SIGTERM');
      await ended(scheduler.process);
      agents.process.disconnect();
      await ended(agents.process);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
