import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../base/clock.ts';

/** Bytes of a check's output that are kept for the reason of a failure. */
const MOST_OUTPUT = 1024;

export interface ShellCheck {
  /** The job's command, with port names and the like filled in. */
  readonly command: string;
  /**
   * Starts the command as the task's user in the sandbox, as leader of its own process group, with pipes as standard
   * output and error.
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
    // The group is empty.
  }
}

/**
 * Makes one shell check: the task is healthy when the command exits with 0 in time. The command's process group is
 * killed at the timeout and again when the command ends, so that nothing in it outlives the check. A process that keeps
 * the output open does not delay the next check.
 * @returns why the task is unhealthy, undefined when it is healthy
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
      // The last output may still be in the pipes.
      setImmediate(() => {
        if (late) end(described(`took longer than ${timeoutMs / 1000} s and was killed`));
        else if (signal !== null) end(described(`was killed by ${signal}`));
        else end(code === 0 ? undefined : described(`ended with the exit code ${code}`));
      });
    });
  });
}
