import { AuroraError } from '../base/errors.ts';
import { type ClusterInstanceKey, jobKeyText } from './job-key.ts';
import { agentFolders, forTask, loginOf, optionWords, queryLive, sandboxOf } from './live-tasks.ts';
import { handOver } from './programs.ts';
import { joinedMessages, requireOk } from './response.ts';
import type { Session } from './session.ts';
import { type ListedTask, tasksIn } from './tasks.ts';

export interface SshTask {
  readonly user?: string | undefined;
  readonly sshOptions?: string | undefined;
  readonly executorSandbox: boolean;
  /** Each is `PORT:NAME`: a port of this machine and the name of a port of the task. */
  readonly tunnels: readonly string[];
  /** The command to run instead of a shell. */
  readonly command?: string | undefined;
  readonly pidFile?: string | undefined;
}

const bad = (text: string) => new AuroraError('BAD_PARAMETER', text);

/**
 * Opens a shell, or runs a command, in a task's sandbox; returns ssh's exit status. Throws BAD_PARAMETER, API, CONFIG.
 */
export async function sshTask(
  session: Session,
  meant: ClusterInstanceKey,
  { user, sshOptions, executorSandbox, tunnels, command, pidFile }: SshTask,
): Promise<number> {
  if (command !== undefined && !meant.instances)
    throw bad('INSTANCE must be specified when --command option is given');
  const response = await queryLive(session, meant);
  const header = `Unable to get information about instance: ${joinedMessages(response)}`;
  const [task, ...others] = tasksIn(requireOk(response, session.log, { header }));
  if (!task) throw bad(`Job ${jobKeyText(meant.job)} not found`);
  if (others.length > 0) {
    const instance = task.assignedTask?.instanceId;
    session.log.info({}, `${others.length + 1} instances fit; this is instance ${instance}`);
  }
  const sandbox = sandboxOf(task, agentFolders(session, meant.job.cluster), executorSandbox);
  const args = [
    '-t',
    ...optionWords(sshOptions),
    ...tunnels.flatMap((tunnel) => ['-L', tunnelWord(tunnel, task)]),
    loginOf(task, user),
    forTask(`cd ${sandbox};${command ?? 'bash'}`, task),
  ];
  const { writeFileSync } = await import('node:fs');
  const status = await handOver(session, 'ssh', args, (pid) => {
    if (pidFile !== undefined) writeFileSync(pidFile, String(pid));
  });
  session.give?.({ status });
  return status;
}

function tunnelWord(tunnel: string, { assignedTask = {} }: ListedTask): string {
  const [, port, name] = /^(\d+):(.+)$/.exec(tunnel) ?? [];
  if (port === undefined || name === undefined)
    throw bad(`Could not parse tunnel: ${tunnel}.  Must be of form PORT:NAME`);
  const assigned = assignedTask.assignedPorts?.[name];
  if (assigned === undefined) throw bad(`Task ${assignedTask.taskId} has no port named ${name}`);
  return `${port}:${assignedTask.slaveHost}:${assigned}`;
}
