import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import type { ConfigFlags } from '../client/job-config.ts';
import { type ClusterJobKey, jobKeyText } from '../client/job-key.ts';
import { jobToTry } from '../client/job-to-try.ts';
import { processLines } from '../client/process-lines.ts';
import { styleOf } from '../client/screen-style.ts';
import type { Session } from '../client/session.ts';
import { tryTask } from '../executor/trial.ts';

interface TryOptions {
  readonly job: ClusterJobKey;
  readonly file: string;
  readonly config: ConfigFlags;
  readonly instance: number;
  /** Keep the sandbox, however the task ends. */
  readonly keep: boolean;
  readonly color: boolean | undefined;
}

/** The exit code by which a shell shows an end by SIGINT. */
const KILLED = 130;

/** Runs one instance of a file's job on this machine; returns the exit code. */
export async function tryJob(session: Session, options: TryOptions): Promise<number> {
  const { job, file, instance, config, keep, color } = options;
  const { taskConfig, ports } = await jobToTry(session, job, file, instance, config);
  const style = styleOf(session.env, { isTerminal: session.terminal() !== undefined, color });
  const lines = processLines(namesOf(taskConfig.executorConfig?.data), style, session.print);
  const say = (text: string) => session.complain(`${style.paint('dim', `aurora: ${text}`)}\n`);
  const runDirectory = mkdtempSync(join(tmpdir(), `aurora-try-${job.name}-`));
  let why: string | undefined;
  const state = await tryTask({
    taskConfig,
    instance,
    ports,
    runDirectory,
    env: { ...session.env },
    signal: session.signal,
    // The executor logs details of every run at level info; here they are only shown to users who ask for debug output.
    log: { ...session.log, info: session.log.debug },
    onlooker: (process, _run, stream) => lines(process, stream),
    onPorts: (assigned) =>
      Object.entries(assigned).forEach(([name, port]) => void say(`port ${name} is ${port}`)),
    onState(now, message) {
      why = message;
      say(`${now.replace('TASK_', '')}${message && now !== 'TASK_KILLED' ? `: ${message}` : ''}`);
    },
  });
  const isKept = keep || state === 'TASK_FAILED';
  const sandbox = join(runDirectory, 'sandbox');
  session.give?.({ job: jobKeyText(job), instance, state, sandbox: isKept ? sandbox : undefined });
  if (isKept) say(`the sandbox is ${sandbox}`);
  else rmSync(runDirectory, { recursive: true, force: true });
  if (state === 'TASK_FINISHED') return 0;
  if (session.signal.aborted) return KILLED;
  throw new AuroraError('COMMAND_FAILED', `the task has failed: ${why}`);
}

/** The names of the task's processes, in order. */
function namesOf(data: string | undefined): string[] {
  const { task } = JSON.parse(data ?? '{}') as { task?: { processes?: readonly { name?: string }[] } };
  return (task?.processes ?? []).map(({ name = '' }) => name);
}
