import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CallArgs,
  type CallName,
  callOf,
  decodeMessage,
  encodeMessage,
  normalise,
  type ScheduledTask,
  type ScheduleStatus,
  type Wire,
} from '../../src/api/index.ts';
import { type RunningScheduler, startScheduler } from '../../src/scheduler/app.ts';
import { parseSchedulerFlags } from '../../src/scheduler/flags/parse.ts';
import type { SchedulerSettings } from '../../src/scheduler/scheduler-settings.ts';
import { type ScriptedMesos, scriptedMesos } from './scripted-mesos.ts';

/** A scheduler over a directory of its own and a scripted Mesos, called over HTTP as clients do. */
export interface TestScheduler {
  readonly directory: string;
  readonly mesos: ScriptedMesos;
  running(): RunningScheduler;
  call<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Response'>>;
  /** The job's tasks, optionally of some statuses. */
  tasks(...statuses: ScheduleStatus[]): Promise<ScheduledTask[]>;
  vars(): Promise<Record<string, number>>;
  /** Ends the scheduler and starts another on the same directory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const BINARY = 'application/vnd.apache.thrift.binary';

export async function callScheduler<M extends CallName>(
  port: number,
  method: M,
  args: CallArgs<M>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Wire<'Response'>> {
  const response = await fetch(`http://127.0.0.1:${port}/api`, {
    method: 'POST',
    headers: { 'Content-Type': BINARY, Accept: BINARY, ...headers },
    body: encodeMessage(callOf(method, args), 'binary') as Uint8Array<ArrayBuffer>,
  });
  const reply = decodeMessage(new Uint8Array(await response.arrayBuffer()), 'binary');
  if (reply.kind !== 'reply') throw new Error(`${method}: ${JSON.stringify(reply)}`);
  return reply.response;
}

export async function testScheduler(
  change: Partial<SchedulerSettings> = {},
  flags: readonly string[] = [],
): Promise<TestScheduler> {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-scheduler-'));
  const executor = join(directory, 'aurora-executor');
  writeFileSync(executor, '');
  const mesos = scriptedMesos();
  const start = () =>
    startScheduler({
      ...parseSchedulerFlags(flags),
      httpPort: 0,
      ip: '127.0.0.1',
      hostname: 'scheduler.example.com',
      dataDir: join(directory, 'data'),
      thermosExecutorPath: executor,
      mesosMaster: '127.0.0.1:1',
      driver: mesos.makeDriver,
      ...change,
    });
  let running = await start();
  const call: TestScheduler['call'] = (method, args) => callScheduler(running.httpPort, method, args);
  return {
    directory,
    mesos,
    running: () => running,
    call,
    async tasks(...statuses) {
      const response = await call('getTasksStatus', { query: { statuses } });
      const tasks = response.result?.scheduleStatusResult?.tasks ?? [];
      return tasks.map((task) => normalise('ScheduledTask', task));
    },
    async vars() {
      const response = await fetch(`http://127.0.0.1:${running.httpPort}/vars.json`);
      return (await response.json()) as Record<string, number>;
    },
    async restart() {
      await running.stop();
      running = await start();
    },
    async stop() {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
