/** One simulated agent. Longer than most: it is one state machine, and its functions share the agent's records. */
import type { Clock, Timer } from '../../src/base/clock.ts';
import { isTerminal } from '../../src/local/agent/task-states.ts';
import type { AgentLink, ConnectAgent, MasterLink, RegisterAgent } from '../../src/local/link.ts';
import type {
  AgentInfo,
  FrameworkInfo,
  Resource,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../src/mesos/index.ts';
import type { InFlight } from './in-flight.ts';
import type { SimulatedAgent, SimulatedTask } from './simulated-task.ts';

/** How a simulated task ends by itself. */
export interface TaskEnd {
  readonly state: TaskState;
  /** From its launch. */
  readonly afterMs: number;
  readonly message?: string;
}

/** What happens to tasks; undefined: they run until they are killed. */
export type TaskScript = (task: TaskInfo, agentIndex: number) => TaskEnd | undefined;

/** What simulated agents share. */
export interface SimulatedWorld {
  readonly clock: Clock;
  readonly connect: ConnectAgent;
  readonly inFlight: InFlight;
  readonly script: TaskScript;
  /** One object for equal resources. */
  readonly shared: (resources: readonly Resource[]) => readonly Resource[];
}

/** An agent whose tasks are records. It registers at once. */
export function simulatedAgent(
  world: SimulatedWorld,
  index: number,
  info: AgentInfo,
  ip: string,
): SimulatedAgent {
  /** Framework -> task. */
  const tasks = new Map<string, Map<string, SimulatedTask>>();
  const frameworks = new Map<string, FrameworkInfo>();
  const timers = new Set<Timer>();
  let agentId: string | undefined;
  let agentMember: { readonly value: string } = { value: '' };
  let master: MasterLink | undefined;
  const registration: RegisterAgent = { info, ip, version: '1.11.0' };

  const statusOf = (task: SimulatedTask, state: TaskState): TaskStatus => {
    const status: { -readonly [M in keyof TaskStatus]: TaskStatus[M] } = {
      task_id: { value: task.id },
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: agentMember,
      timestamp: task.sentMs / 1000,
    };
    if (task.executorId !== undefined) status.executor_id = { value: task.executorId };
    if (task.uuid !== undefined) status.uuid = task.uuid;
    if (task.message !== undefined && isTerminal(state)) status.message = task.message;
    return status;
  };
  const send = (task: SimulatedTask) => {
    if (task.sent === undefined || agentId === undefined) return;
    const { executorId, frameworkId, state: latestState } = task;
    const status = statusOf(task, task.sent);
    // Two literals, because a spread for the one member that may be missing takes longer than all others.
    if (executorId === undefined) master?.forwardUpdate({ agentId, frameworkId, status, latestState });
    else master?.forwardUpdate({ agentId, frameworkId, executorId, status, latestState });
  };
  const report = (task: SimulatedTask, state: TaskState) => {
    task.sent = state;
    task.sentMs = world.clock.nowMs();
    world.inFlight.add(task);
    send(task);
  };
  const find = (frameworkId: string, taskId: string) => tasks.get(frameworkId)?.get(taskId);
  const all = () => [...tasks.values()].flatMap((own) => [...own.values()]);
  const forget = ({ frameworkId, id }: SimulatedTask) => tasks.get(frameworkId)?.delete(id);
  const finish = (task: SimulatedTask) => {
    forget(task);
    const { frameworkId, executorId } = task;
    if (executorId === undefined || agentId === undefined) return;
    // One look at some hundred tasks when one ends is cheaper than a count for each executor that lives.
    for (const other of tasks.get(frameworkId)?.values() ?? []) if (other.executorId === executorId) return;
    master?.executorTerminated({ agentId, frameworkId, executorId, status: 0 });
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
      uuid: undefined,
      sentMs: 0,
      message: undefined,
    };
    const own = tasks.get(frameworkId);
    if (own) own.set(made.id, made);
    else tasks.set(frameworkId, new Map([[made.id, made]]));
    report(made, 'TASK_STARTING');
    const end = world.script(task, index);
    if (end) after(end.afterMs, () => become(made, end.state, end.message));
  };
  const shutdown = (matches: (task: SimulatedTask) => boolean, isQuiet: boolean) => {
    for (const task of all()) {
      if (!matches(task)) continue;
      if (!isQuiet) become(task, 'TASK_KILLED', undefined);
      else {
        forget(task);
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
      tasks: all().map((task) => ({
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
      for (const task of all()) send(task);
    },
    runTasks({ framework, tasks: infos }) {
      const frameworkId = framework.id?.value ?? '';
      frameworks.set(frameworkId, framework);
      for (const info of infos) launch(frameworkId, info);
    },
    killTask({ frameworkId, taskId }) {
      const task = find(frameworkId, taskId);
      if (task) become(task, 'TASK_KILLED', undefined);
    },
    shutdownExecutor: ({ frameworkId, executorId }) =>
      shutdown((task) => task.frameworkId === frameworkId && task.executorId === executorId, false),
    shutdownFramework({ frameworkId }) {
      frameworks.delete(frameworkId);
      shutdown((task) => task.frameworkId === frameworkId, true);
    },
    frameworkUpdated({ framework }) {
      for (const task of tasks.get(framework.id?.value ?? '')?.values() ?? []) send(task);
    },
    frameworkMessage() {},
    acknowledgeUpdate({ frameworkId, taskId, uuid }) {
      const task = find(frameworkId, taskId);
      if (task?.sent === undefined || task.uuid !== uuid) return;
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
    tasks: () => [...tasks.values()].reduce((sum, own) => sum + own.size, 0),
    send,
    end(taskId, state, message) {
      for (const task of all()) {
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
