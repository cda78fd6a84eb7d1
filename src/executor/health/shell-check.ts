import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../base/clock.ts';

/** What is kept of a check's output, for the reason of a failure. */
const MOST_OUTPUT = 1024;

export interface ShellCheck {
  /** As the job has it, port names and alike filled in. */
  readonly command: string;
  /**
   * Starts it as the task's user in the sandbox, as leader of a group of its own; standard output and error are pipes.
   */
  readonly spawn: (command: string) => ChildProcess;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

function collect(child: ChildProcess): () => string {
  let output = Buffer.alloc(0);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      if (output.length < MOST_OUTPUT) output = Buffer.concat([output, chunk]).subarray(0, MOST_OUTPUT);
    });
  return () => output.toString('utf8').trim();
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

/**
 * One shell check: healthy when the command exits with 0 in time. Its group is killed at the timeout, and what it left
 * there when it ends, so nothing of a check outlives it; who holds on to its output does not hold up the next one.
 * @returns why the task is unhealthy, undefined when it is not
 */
export function shellCheck({ command, spawn, timeoutMs, clock }: ShellCheck): Promise<string | undefined> {
  return new Promise((resolve) => {
    let late = false;
    const child = spawn(command);
    const output = collect(child);
    const limit = clock.after(timeoutMs, () => {
      late = true;
      killGroup(child.pid);
    });
    const end = (reason: string | undefined) => {
      limit.cancel();
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      resolve(reason);
    };
    const described = (what: string) => {
      const said = output();
      return `the health check "${command}" ${what}${said === '' ? '' : `: ${said}`}`;
    };
    child.once('error', (error) =>
      end(`the health check "${command}" could not be started: ${error.message}`),
    );
    child.once('exit', (code, signal) => {
      killGroup(child.pid);
      // What it said last may still be in the pipes.
      setImmediate(() => {
        if (late) end(described(`took longer than ${timeoutMs / 1000} s and was killed`));
        else if (signal !== null) end(described(`was killed by ${signal}`));
        else end(code === 0 ? undefined : described(`ended with the exit code ${code}`));
      });
    });
  });
}
