import { object } from '../api/thermos/fields.ts';
import { boundTask, jobInstance } from '../api/thermos/instance.ts';
import { parseTask } from '../api/thermos/parse.ts';
import { resolvePorts } from '../api/thermos/ports.ts';
import type { Clock } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { startedSoftFiles } from '../proc/limits.ts';
import type { Companion } from './companion.ts';
import type { ExecutorFlags } from './flags.ts';
import { logFaults } from './log-faults.ts';
import type { Assignment } from './payload/assignment.ts';
import { type Account, accountNamed, ownAccount } from './process/account.ts';
import { launchRun } from './process/launch.ts';
import { createSandbox } from './process/sandbox.ts';
import { type ProcessTree, processTree } from './process/tree.ts';
import { type TaskRunner, taskRunner } from './runner.ts';
import type { StageVerdict } from './task/stages.ts';

/** A task that is ready to start. */
export interface PreparedTask {
  readonly runner: TaskRunner;
  readonly tree: ProcessTree;
  /** In the order in which they start and leave. */
  readonly companions: readonly Companion[];
  readonly finalizationWaitMs: number;
}

/** What preparing takes from the executor's surroundings. */
interface Surroundings {
  readonly flags: ExecutorFlags;
  readonly env: NodeJS.ProcessEnv;
  /** MESOS_DIRECTORY. */
  readonly runDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

function known(name: string): Account {
  const account = accountNamed(name);
  if (account) return account;
  throw new AuroraError('EXECUTOR', `the user "${name}" does not exist on this machine`, {
    next: 'create it, or start the executor with --nosetuid',
  });
}

/**
 * Who owns the sandbox, and who the processes run as. Only root can become the role; any other executor user runs them
 * itself, and then nothing changes owner. Source: the original's sandbox provider and its --setuid rule, save that
 * --execute-as-user really becomes that user.
 */
function users(role: string, { nosetuid, executeAsUser }: ExecutorFlags) {
  const own = ownAccount();
  if (nosetuid)
    return { owner: executeAsUser ? known(executeAsUser) : undefined, account: own, switchUser: false };
  if (own.uid !== 0) return { owner: undefined, account: own, switchUser: false };
  const account = known(executeAsUser ?? role);
  return { owner: account, account, switchUser: account.uid !== own.uid };
}

/**
 * Everything between the assignment and the first process: binding, checks, user and sandbox.
 * @param onEnd called once when nothing of the task is alive any more
 * @throws AuroraError EXECUTOR with the cause, as it is to be reported
 */
export function prepareTask(
  assignment: Assignment,
  { flags, env, runDirectory, clock, log }: Surroundings,
  onEnd: (verdict: StageVerdict, reason: string) => void,
): PreparedTask {
  if (assignment.container !== 'none') {
    throw new AuroraError('EXECUTOR', `this executor runs no ${assignment.container} containers`, {
      next: 'remove `container` from the job',
    });
  }
  const instance = jobInstance(assignment.executorData, assignment);
  const { portmap = {} } = object(instance.announce ?? {}, 'announce');
  const ports = resolvePorts(object(portmap, 'announce.portmap'), assignment.assignedPorts);
  const { owner, account, switchUser } = users(assignment.role, flags);
  const task = parseTask(boundTask(instance.task, { taskId: assignment.taskId, user: account.name, ports }));
  const sandbox = createSandbox(runDirectory, owner);
  const tree = processTree({ home: sandbox, clock });
  const { preserveEnv, logger } = flags;
  const faults = logFaults(log);
  const setting = {
    sandbox,
    account,
    switchUser,
    env,
    preserveEnv,
    logger,
    softFiles: startedSoftFiles(env),
    clock,
    onLogFault: faults.add,
  };
  const runner = taskRunner({
    task,
    clock,
    log,
    tree,
    onEnd: (verdict, reason) => onEnd(verdict, faults.told(reason)),
    launch: (process, run, observer) => launchRun(process, run, setting, observer),
  });
  return { runner, tree, companions: [], finalizationWaitMs: task.finalizationWaitMs };
}
