/**
 * Turns an assignment into a task that is ready to start: its user, sandbox, ports and companions. Nothing is started
 * here.
 */
import { checkpointRoot, defaultLogDirectory } from '../api/checkpoints/index.ts';
import { type Fields, number, object } from '../api/thermos/fields.ts';
import { boundTask, jobInstance } from '../api/thermos/instance.ts';
import { parseTask } from '../api/thermos/parse.ts';
import { type Ports, resolvePorts } from '../api/thermos/ports.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { diskUsage } from '../proc/disk-usage.ts';
import { startedSoftFiles } from '../proc/limits.ts';
import { bootId, identify, pidNamespace } from '../proc/process-id.ts';
import { announcedPorts, announcementOf } from './announcer/announcement.ts';
import type { AnnouncerAuth } from './announcer/auth.ts';
import type { Announcer, MakeAnnouncer } from './announcer/companion.ts';
import { durableGate } from './checkpoints/durable-gate.ts';
import { taskJournal } from './checkpoints/journal.ts';
import { taskJson } from './checkpoints/task-json.ts';
import type { Companion } from './companion.ts';
import type { ExecutorFlags } from './flags.ts';
import { healthCompanion, healthConfig } from './health/index.ts';
import { askToEnd, httpLifecycle, httpLifecycleConfig } from './http-lifecycle.ts';
import { logFaults } from './log-faults.ts';
import type { Assignment } from './payload/assignment.ts';
import { launchRun } from './process/launch.ts';
import type { Onlooker } from './process/output.ts';
import { spawnShell } from './process/shell.ts';
import { type ProcessTree, processTree } from './process/tree.ts';
import { diskWatch } from './resources/disk-watch.ts';
import { metricsFile } from './resources/metrics-file.ts';
import { type TaskRunner, taskRunner } from './runner.ts';
import { ownUser, prepareSandbox, usersOf } from './surroundings.ts';
import type { StageVerdict } from './task/stages.ts';

/** A task that is ready to start. */
export interface PreparedTask {
  readonly runner: TaskRunner;
  readonly tree: ProcessTree;
  /** Companions, in the order in which they start and leave. */
  readonly companions: readonly Companion[];
  readonly finalizationWaitMs: number;
}

/** What the preparation needs from the executor. */
export interface Surroundings {
  readonly flags: ExecutorFlags;
  readonly env: NodeJS.ProcessEnv;
  /** Value of MESOS_DIRECTORY. */
  readonly runDirectory: string;
  /** Undefined when the operator has not turned the announcer on. */
  readonly makeAnnouncer: MakeAnnouncer | undefined;
  /** Content of the file that --announcer-zookeeper-auth-config names. */
  readonly announcerAuth: AnnouncerAuth;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Absent under an agent. */
  readonly onlooker?: Onlooker | undefined;
}

/** The announcer of this instance; undefined unless the operator has turned announcing on and the job asks for it. */
function announcerOf(
  instance: Fields,
  assignment: Assignment,
  ports: Ports,
  graceMs: number,
  { flags, makeAnnouncer, announcerAuth, clock, random, log }: Surroundings,
): Announcer | undefined {
  if (!makeAnnouncer) return undefined;
  const { role, environment, job, hostname } = assignment;
  const subject = { role, environment, job, instance: assignment.instance, hostname, ports };
  const announcement = announcementOf(instance.announce, subject, flags.announcer);
  if (!announcement) return undefined;
  return makeAnnouncer({
    ...announcement,
    auth: announcerAuth,
    connectMs: graceMs,
    whenStarting: flags.announcer.whenStarting,
    clock,
    random,
    log,
  });
}

/** Bytes of disk that a task reserves. */
function reservedDisk(task: Fields): number | undefined {
  const { disk } = object(task.resources ?? {}, 'task.resources');
  return disk === undefined ? undefined : number(disk, 'task.resources.disk', 0);
}

/**
 * Does everything that precedes the first process: binding, checks, user, sandbox, checkpoint, companions.
 * @param onEnd called once, when nothing of the task is alive any more
 * @throws AuroraError EXECUTOR with the cause that is to be reported
 */
export function prepareTask(
  assignment: Assignment,
  surroundings: Surroundings,
  onEnd: (verdict: StageVerdict, reason: string) => void,
): PreparedTask {
  const { flags, env, runDirectory, clock, log } = surroundings;
  const { taskId } = assignment;
  const instance = jobInstance(assignment.executorData, assignment);
  const ports = resolvePorts(announcedPorts(instance.announce), assignment.assignedPorts);
  const users = usersOf(assignment, flags);
  const known = { taskId, user: users.account.name, ports };
  const bound = boundTask(instance.task, known);
  const task = parseTask(bound);
  const health = healthConfig(
    boundTask(object(instance.health_check_config ?? {}, 'health_check_config'), known),
  );
  const lifecycle = httpLifecycleConfig(instance.lifecycle, ports);
  const announced = announcerOf(instance, assignment, ports, health.graceMs, surroundings);
  const { sandbox, image } = prepareSandbox(assignment, users, surroundings);
  const { account, switchUser } = users;
  const { preserveEnv, logger } = flags;
  const faults = logFaults(log);
  const softFiles = startedSoftFiles(env);
  const setting = {
    sandbox,
    account,
    switchUser,
    env,
    preserveEnv,
    image,
    logger,
    softFiles,
    clock,
    onlooker: surroundings.onlooker,
    onLogFault: faults.add,
  };
  const journal = taskJournal({
    root: checkpointRoot(runDirectory),
    taskId,
    taskJson: taskJson(bound, task.name),
    header: {
      sandbox,
      log_dir: defaultLogDirectory(sandbox),
      hostname: assignment.hostname,
      user: account.name,
      uid: account.uid,
      ports: Object.fromEntries(ports),
      runner_start_ticks: identify(process.pid)?.startTicks,
      boot_id: bootId(),
      pid_namespace: pidNamespace(),
    },
    clock,
    log,
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
  });
  const over = new AbortController();
  const tree = processTree({ home: image?.mountPoint ?? sandbox, clock });
  const runner = taskRunner({
    task,
    clock,
    log,
    tree,
    journal,
    onEnd(verdict, reason) {
      over.abort();
      onEnd(verdict, faults.told(reason));
    },
    launch: (process, run, observer) => launchRun(process, run, setting, observer),
  });
  const checks = flags.nosetuidHealthChecks ? { ...setting, ...ownUser() } : setting;
  const checked = healthCompanion({
    config: health,
    ports,
    sandbox,
    spawn: (command) => spawnShell(command, checks, ['ignore', 'pipe', 'pipe']),
    onAnswers: (answers) => announced?.healthy(answers),
    clock,
  });
  const reservedBytes = reservedDisk(bound);
  const disk = diskWatch({ reservedBytes, measure: () => diskUsage(sandbox), clock, log });
  const metrics = (): Record<string, number> => ({
    'resource_manager.disk_used': disk.usedBytes(),
    ...(reservedBytes === undefined ? {} : { 'resource_manager.disk_reserved': reservedBytes }),
    ...Object.fromEntries(
      Object.entries(checked?.metrics() ?? {}).map(([name, value]) => [`health_checker.${name}`, value]),
    ),
    ...(announced ? { 'announcer.disconnected_time': announced.disconnectedSecs() } : {}),
    'executor.rss': process.memoryUsage.rss(),
  });
  const companions: readonly (Companion | undefined)[] = [
    durableGate(journal),
    checked,
    disk,
    announced,
    lifecycle && httpLifecycle({ config: lifecycle, ask: askToEnd, over: over.signal, clock, log }),
    metricsFile({ runDirectory, read: metrics, clock, log }),
  ];
  return {
    runner,
    tree,
    companions: companions.filter((one) => one !== undefined),
    finalizationWaitMs: task.finalizationWaitMs,
  };
}
