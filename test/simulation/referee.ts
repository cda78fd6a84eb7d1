import {
  ACTIVE_STATES,
  type ScheduleStatus,
  SLAVE_ASSIGNED_STATES,
  TERMINAL_STATES,
  type Wire,
} from '../../src/api/index.ts';
import type { SchedulerCall, SchedulerEvent, TaskInfo, TaskState } from '../../src/mesos/index.ts';
import { STATUS_OF_STATE } from '../../src/scheduler/mesos/task-status.ts';
import type { DurableState } from './durable-state.ts';
import { type JobOwner, wantedIn } from './job-owner.ts';
import { instanceOf, type JobSpec, type Landscape } from './jobs.ts';
import { type Host, isTerminal } from './mesos/agent.ts';
import { type Amounts, amountsOf, holds, minus, sum } from './mesos/amounts.ts';
import type { World } from './world.ts';

type Task = Wire<'ScheduledTask'>;

/** Compares what the scheduler does and says with what it was told and what runs. */
export interface Referee {
  /** A task has processes. */
  started(info: TaskInfo, host: Host): void;
  gone(taskId: string): void;
  /** What passes between the scheduler and Mesos. */
  heard(event: SchedulerEvent): void;
  said(call: SchedulerCall): void;
  /** The call was refused a minute ago. */
  refused(call: SchedulerCall): void;
  /** A user asked for the end of these instances. */
  ending(job: JobSpec, instances: ReadonlySet<number>): void;
  /** To be called when the scheduler is asked for all tasks: what is done from now on may be missing in the answer. */
  asking(): Asked;
  /** All tasks, as the scheduler told them. */
  seen(tasks: readonly Task[], asked: Asked): void;
  /** The same when nothing has gone wrong for long: everything must be as it was wished. */
  settled(tasks: readonly Task[]): void;
  /** Every status that a task was seen to have had. */
  met(): ReadonlySet<ScheduleStatus>;
}

/** How far things were when a question was asked. */
export interface Asked {
  /** Of the owners' knowledge. */
  readonly versions: readonly number[];
  readonly launches: number;
  readonly acknowledgements: number;
}

interface LaunchedTask {
  readonly taskId: string;
  readonly prefix: string;
  readonly instance: number;
  readonly host: Host;
  readonly amounts: Amounts;
  readonly startedMs: number;
  /** The scheduler heard that it runs, so that it may not give up on it by itself any more. */
  runs: boolean;
  /** The scheduler heard something after which it may put another one in its place. */
  over: boolean;
  endWishedMs: number;
}

/** After so long in one state the scheduler gives a task up by itself; default of -transient_task_state_timeout. */
const PATIENCE_MS = 300_000;

const count = <K>(counts: Map<K, number>, key: K): number => {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
};
/** Once on its way out, a task takes no notice of what it was doing before. */
const LEAVING = ['KILLING', 'RESTARTING', 'DRAINING', 'PREEMPTING'] as const;
/** What a task is in the log when its kill has been sent too early. */
const NOT_TO_BE_KILLED: ReadonlySet<ScheduleStatus> = new Set<ScheduleStatus>([
  'PENDING',
  'THROTTLED',
  'ASSIGNED',
  'STARTING',
  'RUNNING',
]);
/** Whether a task's history tells of the status, or of one after which it does not matter. */
function remembers(been: ReadonlySet<ScheduleStatus | undefined>, status: ScheduleStatus): boolean {
  if (been.has(status) || status === 'PARTITIONED') return true;
  return !TERMINAL_STATES.has(status) && (LEAVING.some((one) => been.has(one)) || been.has('RUNNING'));
}
const statusOf = ({ status }: Task): ScheduleStatus => status ?? 'INIT';
const idOf = ({ assignedTask }: Task): string => assignedTask?.taskId ?? '';

export interface RefereeOptions {
  readonly world: World;
  readonly land: Landscape;
  readonly durable: DurableState;
  owners(): readonly JobOwner[];
  violated(what: string): void;
  /** Whether the task can never run, so that it is allowed to come and go. */
  cannotRun(task: Task): boolean;
}

export function referee({ world, land, durable, owners, violated, cannotRun }: RefereeOptions): Referee {
  const { time } = world;
  const jobs = new Map(land.jobs.map((job) => [job.prefix, job]));
  const rackOf = new Map(land.hosts.map(({ name, rack }) => [name, rack]));
  const launched = new Map<string, LaunchedTask>();
  const live = new Map<string, LaunchedTask>();
  const met = new Set<ScheduleStatus>();
  const heardUpdates = new Map<string, { readonly taskId: string; readonly state: TaskState }>();
  const acknowledged: { readonly taskId: string; readonly status: ScheduleStatus }[] = [];

  /** Whether the scheduler has to count with the task. */
  const counts = (task: LaunchedTask): boolean => {
    if (task.over) return false;
    const nowMs = time.monotonicMs();
    return nowMs - task.endWishedMs < PATIENCE_MS && (task.runs || nowMs - task.startedMs < PATIENCE_MS);
  };
  const placeOf = (name: 'host' | 'rack', host: Host): string => (name === 'host' ? host.name : host.rack);

  const checkDurable = (stored: ReadonlyMap<string, Task>, asked: Asked) => {
    for (const taskId of [...launched.keys()].slice(0, asked.launches))
      if (!stored.has(taskId)) violated(`task ${taskId} was launched and is not stored`);
    for (const { taskId, status } of acknowledged.slice(0, asked.acknowledgements)) {
      const task = stored.get(taskId);
      if (!task || TERMINAL_STATES.has(statusOf(task))) continue;
      const been = new Set((task.taskEvents ?? []).map((event) => event.status));
      if (!remembers(been, status))
        violated(`${status} of ${taskId} was acknowledged, but the task is stored as ${statusOf(task)}`);
    }
  };
  /** Nothing leaves before the record that it comes from is durable. */
  const checkSaid = ({ accept, kill }: SchedulerCall) => {
    const stored = (taskId: string) => durable.stores().tasks.get(taskId);
    for (const operation of accept?.operations ?? [])
      for (const { task_id: id } of operation.launch?.task_infos ?? []) {
        const task = stored(id.value);
        if (!task || task.status === 'PENDING')
          violated(
            `${id.value} is launched, but the log has it ${task ? 'PENDING' : 'not'}: not durable yet`,
          );
      }
    const killed = kill && stored(kill.task_id.value);
    if (killed && NOT_TO_BE_KILLED.has(killed.status))
      violated(`${kill.task_id.value} is killed, but ${killed.status} in the log: not durable yet`);
  };
  const checkAcknowledged = (taskId: string, status: ScheduleStatus) => {
    const task = durable.stores().tasks.get(taskId);
    if (!task || TERMINAL_STATES.has(task.status)) return;
    if (!remembers(new Set(task.taskEvents.map((event) => event.status)), status))
      violated(`${status} of ${taskId} is acknowledged, but ${task.status} in the log: not durable yet`);
  };
  const checkInstances = (tasks: readonly Task[]) => {
    const active = new Map<string, number>();
    for (const task of tasks) {
      if (!ACTIVE_STATES.has(statusOf(task))) continue;
      const { prefix, instance } = instanceOf(idOf(task));
      if (count(active, `${prefix}/${instance}`) === 2) violated(`${prefix}/${instance} is active twice`);
    }
  };
  const checkLimits = (tasks: readonly Task[]) => {
    const used = new Map<string, number>();
    for (const task of tasks) {
      const host = task.assignedTask?.slaveHost;
      if (!SLAVE_ASSIGNED_STATES.has(statusOf(task)) || host === undefined) continue;
      const job = jobs.get(instanceOf(idOf(task)).prefix);
      for (const { name, limit } of job?.limits ?? []) {
        const place = name === 'host' ? host : rackOf.get(host);
        if (count(used, `${job?.prefix} ${name} ${place}`) > limit)
          violated(`${job?.prefix} has more than ${limit} tasks on ${name} ${place}: over its limit`);
      }
    }
  };
  const checkQuota = (tasks: readonly Task[]) => {
    let cpus = 0;
    for (const task of tasks) {
      const job = jobs.get(instanceOf(idOf(task)).prefix);
      if (job?.production && ACTIVE_STATES.has(statusOf(task))) cpus += job.cpus;
    }
    if (cpus > land.quotaCpus + 1e-6)
      violated(`production tasks use ${cpus} cpus of a quota of ${land.quotaCpus}`);
  };
  const ofJob = (tasks: readonly Task[], { prefix }: JobSpec) =>
    tasks.filter((task) => instanceOf(idOf(task)).prefix === prefix);
  const list = (ids: Iterable<number>) => `[${[...ids].sort((a, b) => a - b).join(' ')}]`;
  const checkWishes = (tasks: readonly Task[], sure: (owner: JobOwner, at: number) => boolean) => {
    for (const [at, owner] of owners().entries()) {
      if (!sure(owner, at)) continue;
      const { wanted } = owner.knows();
      const found = wantedIn(ofJob(tasks, owner.job), owner.job);
      if (found.size !== wanted.size || [...wanted].some((id) => !found.has(id)))
        violated(`${owner.job.prefix} has instances ${list(found)}, acknowledged were ${list(wanted)}`);
    }
  };
  /** A host with room for one more task of the job, as large as those that were launched. */
  const roomFor = (prefix: string): Host | undefined => {
    const before = [...launched.values()].find((task) => task.prefix === prefix);
    if (!before || jobs.get(prefix)?.limits.length) return undefined;
    return land.hosts.find((host) => {
      const used = [...live.values()].filter((task) => task.host.name === host.name);
      const free = minus(host.total, sum(used.map(({ amounts }) => amounts)));
      const { ports, ...need } = before.amounts;
      return free.ports.size >= ports.size && holds(free, { ...need, ports: new Set() });
    });
  };
  const checkStates = (tasks: readonly Task[]) => {
    const stays = (task: Task) => {
      const policy = task.assignedTask?.task?.partitionPolicy;
      return statusOf(task) === 'PARTITIONED' && policy?.reschedule === false;
    };
    for (const task of tasks) {
      const status = statusOf(task);
      if (!ACTIVE_STATES.has(status) || stays(task)) continue;
      const taskId = idOf(task);
      if (cannotRun(task)) continue;
      const waits = status === 'PENDING' && land.crowded && task.assignedTask?.task?.tier !== 'preferred';
      if (waits) {
        const host = roomFor(instanceOf(taskId).prefix);
        if (host) violated(`${taskId} has not come back, it is PENDING though it fits on ${host.name}`);
        continue;
      }
      if (status !== 'RUNNING') violated(`${taskId} has not come back, it is ${status}`);
      else if (!live.has(taskId)) violated(`${taskId} is RUNNING, but no such task runs`);
    }
    const stored = new Map(tasks.map((task) => [idOf(task), task]));
    const perInstance = new Map<string, number>();
    for (const { taskId, prefix, instance } of live.values()) {
      const task = stored.get(taskId);
      if (!task || !ACTIVE_STATES.has(statusOf(task)))
        violated(`${taskId} still runs, but the scheduler has it ${task ? statusOf(task) : 'not at all'}`);
      if (count(perInstance, `${prefix}/${instance}`) === 2) violated(`${prefix}/${instance} runs twice`);
    }
  };

  return {
    started(info, host) {
      const taskId = info.task_id.value;
      const { prefix, instance } = instanceOf(taskId);
      const startedMs = time.monotonicMs();
      const others = [...live.values()].filter((other) => other.prefix === prefix && counts(other));
      const twin = others.find((other) => other.instance === instance);
      if (twin) violated(`${taskId} was launched while ${twin.taskId} runs: double launch`);
      for (const { name, limit } of jobs.get(prefix)?.limits ?? []) {
        const place = placeOf(name, host);
        const there = others.filter((other) => placeOf(name, other.host) === place).length;
        if (there + 1 > limit)
          violated(`${taskId} is one too many on ${name} ${place}: over its limit of ${limit}`);
      }
      const amounts = amountsOf([...(info.resources ?? []), ...(info.executor?.resources ?? [])]);
      const used = [...live.values()].filter((other) => other.host === host).map((other) => other.amounts);
      if (!holds(minus(host.total, sum(used)), amounts))
        violated(`${taskId} does not fit beside what runs on ${host.name}: oversold`);
      const task = {
        taskId,
        amounts,
        prefix,
        instance,
        host,
        startedMs,
        runs: false,
        over: false,
        endWishedMs: Number.POSITIVE_INFINITY,
      };
      launched.set(taskId, task);
      live.set(taskId, task);
    },
    gone: (taskId) => void live.delete(taskId),
    heard({ type, update }) {
      if (type !== 'UPDATE' || !update) return;
      const { task_id: id, state, uuid } = update.status;
      if (uuid !== undefined) heardUpdates.set(uuid, { taskId: id.value, state });
      const task = launched.get(id.value);
      if (!task) return;
      if (state === 'TASK_RUNNING') task.runs = true;
      else if (isTerminal(state) || STATUS_OF_STATE[state] === 'PARTITIONED') task.over = true;
    },
    said(call) {
      const { type, acknowledge, kill } = call;
      checkSaid(call);
      const killed = launched.get(kill?.task_id.value ?? '');
      if (killed) killed.endWishedMs = Math.min(killed.endWishedMs, time.monotonicMs());
      if (type !== 'ACKNOWLEDGE' || !acknowledge) return;
      const update = heardUpdates.get(acknowledge.uuid);
      if (!update)
        return violated(`an update of ${acknowledge.task_id.value} was acknowledged that never came`);
      const status = STATUS_OF_STATE[update.state];
      checkAcknowledged(update.taskId, status);
      acknowledged.push({ taskId: update.taskId, status });
    },
    refused({ accept }) {
      for (const operation of accept?.operations ?? [])
        for (const { task_id: id } of operation.launch?.task_infos ?? [])
          if (durable.stores().tasks.get(id.value)?.status === 'ASSIGNED')
            violated(`${id.value} was refused by Mesos and is still ASSIGNED`);
    },
    ending(job, instances) {
      for (const task of launched.values())
        if (task.prefix === job.prefix && instances.has(task.instance))
          task.endWishedMs = Math.min(task.endWishedMs, time.monotonicMs());
    },
    asking: () => ({
      versions: owners().map((owner) => owner.knows().version),
      launches: launched.size,
      acknowledgements: acknowledged.length,
    }),
    met: () => met,
    seen(tasks, asked) {
      for (const task of tasks) for (const { status } of task.taskEvents ?? []) if (status) met.add(status);
      checkInstances(tasks);
      checkLimits(tasks);
      checkQuota(tasks);
      checkWishes(
        tasks,
        (owner, at) => owner.knows().certain && owner.knows().version === asked.versions[at],
      );
      checkDurable(new Map(tasks.map((task) => [idOf(task), task])), asked);
    },
    settled(tasks) {
      checkWishes(tasks, () => true);
      checkStates(tasks);
    },
  };
}
