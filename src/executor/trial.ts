/**
 * Runs a job's task without scheduler and agent, with the same lifecycle, runner, sandbox and companions that an
 * executor under an agent has (all but the announcer). An onlooker gets the states and the output.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { encodeStruct, type TaskConfig } from '../api/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { NO_AUTH } from './announcer/auth.ts';
import type { ReportedState } from './end-causes.ts';
import { parseFlags } from './flags.ts';
import { prepareTask } from './prepare.ts';
import { accountNamed } from './process/account.ts';
import { freePorts } from './process/free-ports.ts';
import type { Onlooker } from './process/output.ts';
import { taskLifecycle } from './task-lifecycle.ts';

export interface Trial {
  readonly taskConfig: TaskConfig;
  readonly instance: number;
  /** Names of the ports that a scheduler would assign; here each gets a free port of this machine. */
  readonly ports: readonly string[];
  /** An empty directory; the sandbox is created in it. */
  readonly runDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Kills the task as a scheduler would. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Gets a copy of all output, which also goes to its usual files. */
  readonly onlooker: Onlooker;
  readonly onState: (state: ReportedState, message: string | undefined) => void;
  readonly onPorts: (ports: Readonly<Record<string, number>>) => void;
}

/** A developer's machine may not know the cluster's roles; the task then runs as the user who tries it. */
function flagsFor(role: string, log: Logger) {
  const unknown = process.getuid?.() === 0 && !accountNamed(role);
  if (unknown) log.warn({}, `there is no user "${role}" on this machine: the task runs as you`);
  return parseFlags(unknown ? ['--nosetuid'] : []);
}

/** Resolves with the task's terminal state when nothing of it is alive any more. */
export async function tryTask(trial: Trial): Promise<ReportedState> {
  const { taskConfig, instance, signal, log, env, runDirectory, onlooker } = trial;
  const { role = '', environment = '', name = '' } = taskConfig.job ?? {};
  const taskId = [role, environment, name, instance, randomUUID()].join('-');
  const flags = flagsFor(role, log);
  const assignedPorts = await freePorts(trial.ports);
  trial.onPorts(assignedPorts);
  const assigned = { taskId, instanceId: instance, slaveHost: hostname(), task: taskConfig, assignedPorts };
  const data = Buffer.from(encodeStruct('AssignedTask', assigned)).toString('base64');
  return await new Promise((resolve) => {
    let last: ReportedState = 'TASK_FAILED';
    const kill = () => lifecycle.kill(taskId);
    const lifecycle = taskLifecycle({
      clock: systemClock,
      log,
      stopTimeoutMs: flags.stopTimeoutMs,
      prepare: (assignment, onEnd) =>
        prepareTask(
          assignment,
          {
            flags,
            env,
            runDirectory,
            makeAnnouncer: undefined,
            announcerAuth: NO_AUTH,
            clock: systemClock,
            random: systemRandom,
            log,
            onlooker,
          },
          onEnd,
        ),
      report(_, state, message) {
        last = state;
        trial.onState(state, message);
      },
      done() {
        signal.removeEventListener('abort', kill);
        resolve(last);
      },
    });
    signal.addEventListener('abort', kill, { once: true });
    lifecycle.launch(taskId, data);
    if (signal.aborted) kill();
  });
}
