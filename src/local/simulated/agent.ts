/** One simulated agent. Longer than most: it is one state machine, and its functions share the agent's records. */
import type { Clock, Timer } from '../../base/clock.ts';
import type {
  AgentInfo,
  FrameworkInfo,
  Resource,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import type { AgentLink, ConnectAgent, MasterLink, RegisterAgent } from '../link.ts';
import type { InFlight } from './in-flight.ts';

/** How a simulated task ends by itself. */
export interface TaskEnd {
  readonly state: TaskState;
  /** From its launch. */
  readonly afterMs: number;
  readonly message?: string;
}

/** What happens to tasks; undefined: they run until they are killed. */
export type TaskScript = (task: TaskInfo, agentIndex: number) => TaskEnd | undefined;

/** A task without a process: what the master may ask about it, and no more, because there may be a million. */
export interface SimulatedTask {
  readonly agent: SimulatedAgent;
  readonly frameworkId: string;
  readonly id: string;
  readonly executorId: string | undefined;
  /** Shared by equal tasks. */
  readonly resources: readonly Resource[];
  state: TaskState;
  /** State of the update in flight; undefined when the scheduler knows everything. */
  sent: TaskState | undefined;
  /** Number of the update in flight; its uuid is made of it. */
  sequence: number;
  sentMs: number;
  message: string | undefined;
}

/** What simulated agents share. */
export interface SimulatedWorld {
  readonly clock: Clock;
  readonly connect: ConnectAgent;
  readonly inFlight: InFlight;
  readonly script: TaskScript;
  /** One array for all equal lists. */
  readonly shared: (resources: readonly Resource[]) => readonly Resource[];
}

export interface SimulatedAgent {
  agentId(): string | undefined;
  tasks(): number;
  /** Sends the update in flight (again). */
  send(task: SimulatedTask): void;
  /** Ends a task by itself; false when it does not run here. */
  end(taskId: string, state: TaskState, message?: string): boolean;
  /** Breaks the link: the agent's process died. Tasks live on. */
  disconnect(): void;
  /** Comes back with its tasks. */
  reconnect(): void;
  stop(): void;
}

const taskKey = (frameworkId: string, taskId: string): string => `${frameworkId}\0${taskId}`;

/** An agent whose tasks are records. It registers at once. */
export function simulatedAgent(
  world: SimulatedWorld,
  index: number,
  info: AgentInfo,
  ip: string,
): SimulatedAgent {
  const tasks = new Map<string, SimulatedTask>();
  /** Executor -> its live tasks. */
  const executors = new Map<string, number>();
  const frameworks = new Map<string, FrameworkInfo>();
  const timers = new Set<Timer>();
  let agentId: string | undefined;
  let agentMember: { readonly value: string } = { value: '' };
  let master: MasterLink | undefined;
  const registration: RegisterAgent = { info, ip, version: '1.11.0' };

  const statusOf = (task: SimulatedTask, state: TaskState): TaskStatus => ({
    task_id: { value: task.id },
    state,
    ...(task.message === undefined || !isTerminal(state) ? {} : { message: task.message }),
    source: 'SOURCE_EXECUTOR',
    agent_id: agentMember,
    ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
    timestamp: task.sentMs / 1000,
    uuid: world.inFlight.uuid(task.sequence),
  });
  const send = (task: SimulatedTask) => {
    if (task.sent === undefined || agentId === undefined) return;
    master?.forwardUpdate({
      agentId,
      frameworkId: task.frameworkId,
      ...(task.executorId === undefined ? {} : { executorId: task.executorId }),
      status: statusOf(task, task.sent),
      latestState: task.state,
    });
  };
  const report = (task: SimulatedTask, state: TaskState) => {
    task.sent = state;
    task.sentMs = world.clock.nowMs();
    world.inFlight.add(task);
    send(task);
  };
  const finish = (task: SimulatedTask) => {
    tasks.delete(taskKey(task.frameworkId, task.id));
    if (task.executorId === undefined) return;
    const key = taskKey(task.frameworkId, task.executorId);
    const left = (executors.get(key) ?? 1) - 1;
    if (left > 0) executors.set(key, left);
    else if (executors.delete(key) && agentId !== undefined)
      master?.executorTerminated({
        agentId,
        frameworkId: task.frameworkId,
        executorId: task.executorId,
        status: 0,
      });
  };
  const become = (task: SimulatedTask, state: TaskState, message: string | undefined) => {
    if (isTerminal(task.state)) return;
    task.state = state;
    task.message = message;
    if (task.sent === undefined) report(task, state);
  };
  const after = (delayMs: number, act: () => void) => {
    const timer = world.clock.after(delayMs, () => {
      timers.delete(timer);
      act();
    });
    timers.add(timer);
  };
  const launch = (frameworkId: string, task: TaskInfo) => {
    const executorId = task.executor?.executor_id.value;
    const made: SimulatedTask = {
      agent,
      frameworkId,
      id: task.task_id.value,
      executorId,
      resources: world.shared(task.resources ?? []),
      state: 'TASK_RUNNING',
      sent: undefined,
      sequence: 0,
      sentMs: 0,
      message: undefined,
    };
    tasks.set(taskKey(frameworkId, made.id), made);
    if (executorId !== undefined) {
      const key = taskKey(frameworkId, executorId);
      executors.set(key, (executors.get(key) ?? 0) + 1);
    }
    report(made, 'TASK_STARTING');
    const end = world.script(task, index);
    if (end) after(end.afterMs, () => become(made, end.state, end.message));
  };
  const shutdown = (matches: (task: SimulatedTask) => boolean, isQuiet: boolean) => {
    for (const task of [...tasks.values()]) {
      if (!matches(task)) continue;
      if (!isQuiet) become(task, 'TASK_KILLED', undefined);
      else {
        tasks.delete(taskKey(task.frameworkId, task.id));
        if (task.executorId !== undefined) executors.delete(taskKey(task.frameworkId, task.executorId));
        world.inFlight.remove(task);
      }
    }
  };
  const register = () => {
    if (agentId === undefined) return master?.register(registration);
    master?.reregister({
      ...registration,
      agentId,
      frameworks: [...frameworks.values()],
      executors: [],
      tasks: [...tasks.values()].map((task) => ({
        info: {
          name: task.id,
          task_id: { value: task.id },
          agent_id: agentMember,
          resources: task.resources,
        },
        frameworkId: task.frameworkId,
        ...(task.executorId === undefined ? {} : { executorId: task.executorId }),
        status: statusOf(task, task.sent ?? task.state),
        statuses: [],
        latestState: task.state,
      })),
    });
  };

  const link: AgentLink = {
    registered(message) {
      agentId = message.agentId;
      agentMember = { value: agentId };
    },
    reregistered() {
      for (const task of tasks.values()) send(task);
    },
    runTasks({ framework, tasks: infos }) {
      const frameworkId = framework.id?.value ?? '';
      frameworks.set(frameworkId, framework);
      for (const info of infos) launch(frameworkId, info);
    },
    killTask({ frameworkId, taskId }) {
      const task = tasks.get(taskKey(frameworkId, taskId));
      if (task) become(task, 'TASK_KILLED', undefined);
    },
    shutdownExecutor: ({ frameworkId, executorId }) =>
      shutdown((task) => task.frameworkId === frameworkId && task.executorId === executorId, false),
    shutdownFramework({ frameworkId }) {
      frameworks.delete(frameworkId);
      shutdown((task) => task.frameworkId === frameworkId, true);
    },
    frameworkUpdated({ framework }) {
      const id = framework.id?.value ?? '';
      for (const task of tasks.values()) if (task.frameworkId === id) send(task);
    },
    frameworkMessage() {},
    acknowledgeUpdate({ frameworkId, taskId, uuid }) {
      const task = tasks.get(taskKey(frameworkId, taskId));
      if (task?.sent === undefined || world.inFlight.uuid(task.sequence) !== uuid) return;
      const known = task.sent;
      world.inFlight.remove(task);
      task.sent = undefined;
      if (isTerminal(known)) finish(task);
      else if (known !== task.state) report(task, task.state);
    },
    drain: () => shutdown(() => true, false),
    ping({ connected }) {
      master?.pong();
      if (!connected) register();
    },
    shutdown: () => shutdown(() => true, true),
    disconnected() {
      master = undefined;
    },
  };
  const agent: SimulatedAgent = {
    agentId: () => agentId,
    tasks: () => tasks.size,
    send,
    end(taskId, state, message) {
      for (const task of tasks.values()) {
        if (task.id !== taskId) continue;
        become(task, state, message);
        return true;
      }
      return false;
    },
    disconnect() {
      master?.close();
      master = undefined;
    },
    reconnect() {
      if (master) return;
      master = world.connect(link);
      register();
    },
    stop() {
      for (const timer of timers) timer.cancel();
      master?.close();
      master = undefined;
    },
  };
  agent.reconnect();
  return agent;
}
