import type { StatusReason, TaskInfo, TaskState } from '../../../src/mesos/index.ts';
import { between, chance, type Wire, type World, wire } from '../world.ts';
import { type Amounts, amountsOf } from './amounts.ts';

/** What stays the same when an agent comes back with another id. */
export interface Host {
  readonly name: string;
  readonly rack: string;
  readonly total: Amounts;
}

/** A status update on its way from an agent; sent again and again until it is acknowledged. */
export interface AgentUpdate {
  readonly taskId: string;
  readonly uuid: string;
  readonly state: TaskState;
  readonly reason?: StatusReason;
}

export interface AgentTask {
  readonly taskId: string;
  readonly info: TaskInfo;
  readonly amounts: Amounts;
  state: TaskState;
}

/** What the master hears from an agent. */
export interface AgentLink {
  /** Also says which tasks it has; after a cut of the connection, and at the first start. False: nobody answers. */
  register(agent: Agent, tasks: readonly AgentTask[]): boolean;
  update(agentId: string, update: AgentUpdate): void;
}

/** An agent with its executors. */
export interface Agent {
  readonly id: string;
  readonly host: Host;
  readonly toMaster: Wire;
  readonly fromMaster: Wire;
  /** False while partitioned or dead. */
  reachable(): boolean;
  tasks(): readonly AgentTask[];
  start(): void;
  /** The master has taken it in; what was sent to it before is not for this registration, and ignored. */
  registered(): void;
  run(info: TaskInfo): void;
  kill(taskId: string): void;
  acknowledge(taskId: string, uuid: string): void;
  /** The connection breaks and comes back after so long. What is under way is lost. */
  partition(forMs: number): void;
  /** The agent's process starts over; executors go on, but launches that had not begun are forgotten. */
  restart(): void;
  /** The executor of a task dies. */
  crashTask(taskId: string): void;
  /** The machine is gone with all that ran on it. */
  die(): void;
}

const TERMINAL: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
]);
export const isTerminal = (state: TaskState): boolean => TERMINAL.has(state);

/** Between two attempts to register. */
const REGISTER_MS = 2_000;
const RETRY_MS = { initial: 10_000, most: 60_000 };

interface Running extends AgentTask {
  readonly updates: AgentUpdate[];
  retry: { cancel(): void } | undefined;
  dying: boolean;
}

export interface AgentOptions {
  readonly id: string;
  readonly host: Host;
  readonly link: AgentLink;
  /** Whether the task ends by itself when it has done its work. */
  endsByItself(taskId: string): boolean;
  /** Whether the task fails before it runs. */
  cannotRun(taskId: string): boolean;
  /** A task has processes from now on. */
  started(info: TaskInfo, host: Host): void;
  /** A task has no processes any more. */
  gone(taskId: string): void;
}

export function simulatedAgent(
  world: World,
  { id, host, link, cannotRun, endsByItself, started, gone }: AgentOptions,
): Agent {
  const { time, random, trace } = world;
  const tasks = new Map<string, Running>();
  const toMaster = wire(world);
  const fromMaster = wire(world);
  let reachable = false;
  let registered = false;
  let dead = false;
  let uuids = 0;

  const sendFront = (task: Running, waitMs: number) => {
    task.retry?.cancel();
    const update = task.updates[0];
    if (!update || dead) return;
    const copies = !world.calm && chance(random, 0.05) ? 2 : 1;
    if (reachable) for (let copy = 0; copy < copies; copy++) toMaster.send(() => link.update(id, update));
    task.retry = time.after(waitMs, () => sendFront(task, Math.min(2 * waitMs, RETRY_MS.most)));
  };
  const move = (task: Running, state: TaskState, reason?: StatusReason) => {
    if (dead || isTerminal(task.state)) return;
    task.state = state;
    if (isTerminal(state)) gone(task.taskId);
    trace(host.name, `${task.taskId} is ${state}`);
    task.updates.push({
      taskId: task.taskId,
      uuid: Buffer.from(`${id}/${uuids++}`).toString('base64'),
      state,
      ...(reason ? { reason } : {}),
    });
    if (task.updates.length === 1) sendFront(task, RETRY_MS.initial);
  };
  const register = () =>
    toMaster.send(() => {
      if (link.register(agent, [...tasks.values()])) return;
      time.after(REGISTER_MS, () => reachable && register());
    });
  const connect = () => {
    if (dead) return;
    reachable = true;
    register();
    for (const task of tasks.values()) sendFront(task, RETRY_MS.initial);
  };
  const disconnect = () => {
    reachable = false;
    registered = false;
    toMaster.cut();
    fromMaster.cut();
  };
  const live = (task: Running) => {
    const later = (delayMs: number, then: () => void) =>
      time.after(delayMs, () => {
        if (!task.dying && tasks.get(task.taskId) === task) then();
      });
    later(between(random, 50, 2_000), () => {
      move(task, 'TASK_STARTING');
      later(between(random, 50, 4_000), () => {
        if (cannotRun(task.taskId)) return move(task, 'TASK_FAILED');
        move(task, 'TASK_RUNNING');
        if (endsByItself(task.taskId))
          later(between(random, 5_000, 200_000), () =>
            move(task, !world.calm && chance(random, 0.2) ? 'TASK_FAILED' : 'TASK_FINISHED'),
          );
        else if (chance(random, 0.1))
          later(between(random, 1_000, 400_000), () => {
            if (!world.calm) move(task, chance(random, 0.5) ? 'TASK_FAILED' : 'TASK_FINISHED');
          });
      });
    });
  };

  const agent: Agent = {
    id,
    host,
    toMaster,
    fromMaster,
    reachable: () => reachable,
    tasks: () => [...tasks.values()],
    start: connect,
    registered() {
      registered = true;
    },
    run(info) {
      if (!registered) return;
      const taskId = info.task_id.value;
      const task: Running = {
        taskId,
        info,
        amounts: amountsOf([...(info.resources ?? []), ...(info.executor?.resources ?? [])]),
        state: 'TASK_STAGING',
        updates: [],
        retry: undefined,
        dying: false,
      };
      tasks.set(taskId, task);
      started(info, host);
      live(task);
    },
    kill(taskId) {
      if (!registered) return;
      const task = tasks.get(taskId);
      if (!task) {
        const uuid = Buffer.from(`${id}/${uuids++}`).toString('base64');
        toMaster.send(() =>
          link.update(id, { taskId, uuid, state: 'TASK_LOST', reason: 'REASON_TASK_UNKNOWN' }),
        );
        return;
      }
      if (task.dying || isTerminal(task.state)) return;
      task.dying = true;
      time.after(between(random, 10, 8_000), () => move(task, 'TASK_KILLED'));
    },
    acknowledge(taskId, uuid) {
      const task = tasks.get(taskId);
      if (!registered || task?.updates[0]?.uuid !== uuid) return;
      task.updates.shift();
      sendFront(task, RETRY_MS.initial);
      if (task.updates.length === 0 && isTerminal(task.state)) tasks.delete(taskId);
    },
    partition(forMs) {
      if (dead) return;
      disconnect();
      time.after(forMs, () => !reachable && connect());
    },
    restart() {
      if (dead) return;
      disconnect();
      for (const task of [...tasks.values()])
        if (task.state === 'TASK_STAGING') {
          tasks.delete(task.taskId);
          gone(task.taskId);
        }
      time.after(between(random, 500, 10_000), () => !reachable && connect());
    },
    crashTask(taskId) {
      const task = tasks.get(taskId);
      if (task) move(task, 'TASK_FAILED', 'REASON_EXECUTOR_TERMINATED');
    },
    die() {
      disconnect();
      dead = true;
      for (const task of tasks.values()) {
        task.retry?.cancel();
        if (!isTerminal(task.state)) gone(task.taskId);
      }
      tasks.clear();
    },
  };
  return agent;
}
