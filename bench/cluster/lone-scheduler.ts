/** A scheduler from the build on a data directory, without a Mesos master: the API answers before one is found. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const READY = /http:\/\/127\.0\.0\.1:(\d+)/;
/** An address where nobody listens. */
const NO_MASTER = '127.0.0.1:1';

export interface LoneScheduler {
  readonly pid: number;
  readonly port: number;
  kill(): Promise<void>;
}

async function portOf(scheduler: ChildProcess): Promise<number> {
  if (!scheduler.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: scheduler.stdout })) {
    const port = READY.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('the scheduler did not start');
}

/** Resolves when its port is open; it may still be reading its state. */
export async function startLoneScheduler(
  directory: string,
  nodeFlags: readonly string[] = [],
): Promise<LoneScheduler> {
  const scheduler = spawn(
    process.execPath,
    [
      ...nodeFlags,
      fileURLToPath(new URL('../../bin/aurora.js', import.meta.url)),
      'scheduler',
      'start',
      '-ip=127.0.0.1',
      '-http_port=0',
      `-mesos_master_address=${NO_MASTER}`,
      `-data_dir=${directory}`,
    ],
    { stdio: ['ignore', 'pipe', process.env.BENCH_LOG ? 'inherit' : 'ignore'] },
  );
  const gone = once(scheduler, 'exit');
  const kill = async () => {
    scheduler.kill('SIGKILL');
    await gone;
  };
  try {
    return { pid: scheduler.pid as number, port: await portOf(scheduler), kill };
  } catch (error) {
    await kill();
    throw error;
  }
}
