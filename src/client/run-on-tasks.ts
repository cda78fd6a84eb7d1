import type { ClusterInstanceKey } from './job-key.ts';
import { agentFolders, forTask, loginOf, optionWords, queryLive, sandboxOf } from './live-tasks.ts';
import { runProgram } from './programs.ts';
import { joinedMessages, requireOk } from './response.ts';
import type { Session } from './session.ts';
import { instanceOf, type ListedTask, tasksIn } from './tasks.ts';

export interface RunOnTasks {
  /** The command, which the remote shell runs. */
  readonly command: string;
  /** The number of tasks to run it on at a time, at least 1. */
  readonly threads: number;
  readonly user?: string | undefined;
  readonly sshOptions?: string | undefined;
  readonly executorSandbox: boolean;
}

/** The exit code of COMMAND_FAILED. */
const FAILED = 4;

/**
 * Runs a command in the sandbox of every live task. The output of a task is printed as a whole when it is done, after
 * its host's name. Returns the exit code: 4 when it failed anywhere, with the hosts on stderr. Throws API, CONFIG,
 * and COMMAND_FAILED when ssh cannot be started.
 */
export async function runOnTasks(
  session: Session,
  meant: ClusterInstanceKey,
  { command, threads, user, sshOptions, executorSandbox }: RunOnTasks,
): Promise<number> {
  const response = await queryLive(session, meant);
  const header = `Error: could not retrieve task information for run command: ${joinedMessages(response)}`;
  const waiting = [...tasksIn(requireOk(response, session.log, { header }))];
  session.give?.([]);
  if (waiting.length === 0) return 0;
  const folders = agentFolders(session, meant.job.cluster);
  const failed: string[] = [];
  const results: object[] = [];
  const one = async (task: ListedTask) => {
    const remote = `cd ${sandboxOf(task, folders, executorSandbox)};${command}`;
    const args = ['-n', '-q', ...optionWords(sshOptions), loginOf(task, user), forTask(remote, task)];
    const { status, stdout, stderr } = await runProgram(session, 'ssh', args);
    const host = task.assignedTask?.slaveHost ?? '';
    const lines = `${stdout}${stderr}`.split('\n');
    if (lines.at(-1) === '') lines.pop();
    session.print(lines.map((line) => `${host}:  ${line}\n`).join(''));
    results.push({ instance: instanceOf(task), host, status, stdout, stderr });
    if (status !== 0) failed.push(`${host} (exit status ${status})`);
  };
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await one(task);
  };
  await Promise.all(Array.from({ length: Math.min(threads, waiting.length) }, worker));
  session.give?.(results);
  if (failed.length === 0) return 0;
  session.complain(`The command failed on ${failed.join(', ')}\n`);
  return FAILED;
}
