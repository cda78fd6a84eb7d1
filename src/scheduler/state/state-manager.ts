import {
  type AssignedTask,
  type JobKey,
  type MaintenanceMode,
  type ScheduledTask,
  type ScheduleStatus,
  type TaskConfig,
  type TaskEvent,
  TERMINAL_STATES,
  toNumber,
} from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { TaskOnAgent } from '../mesos/mesos-calls.ts';
import type { Counters } from '../metrics/counters.ts';
import {
  type AgentAttributes,
  assignedTask,
  type ReadStores,
  scheduledTask,
  taskEvent,
  type WriteTransaction,
} from '../storage/index.ts';
import type { StateChange, StateChangeResult, StateManager, TaskAssignment } from './contract.ts';
import type { StateEvent, StateEvents } from './events.ts';
import { type FlappingSettings, flappingPenaltyMs, penaltyMessage } from './flapping.ts';
import { wasIn, withEvent } from './task-history.ts';
import { newTaskId } from './task-id.ts';
import { type Effect, type TaskFacts, type Transition, transition } from './transitions.ts';

export interface StateManagerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Pick<Counters, 'add'>;
  readonly events: StateEvents;
  /** Asks Mesos to kill a task; called once the reason is durable. */
  readonly kill: (task: TaskOnAgent) => void;
  /** This scheduler's host name, recorded in task events. */
  readonly schedulerHost: string;
  readonly flapping: FlappingSettings;
  /** Called inside the transaction for every task that ended; its writes are committed or dropped with that end. */
  readonly ended?: ((tx: WriteTransaction, task: ScheduledTask) => void) | undefined;
}

const MARKED_LOST = 'Action performed on partitioned task, marking as LOST.';

const UNKNOWN_TASK: TaskFacts = { isService: false, maxTaskFailures: 0, failureCount: 0, wasKilled: false };

const factsOf = (task: ScheduledTask): TaskFacts => ({
  isService: task.assignedTask.task.isService,
  maxTaskFailures: task.assignedTask.task.maxTaskFailures,
  failureCount: task.failureCount,
  wasKilled: wasIn(task, 'KILLING'),
});

function transitionOf(task: ScheduledTask | undefined, to: ScheduleStatus | 'DELETED'): Transition {
  return task ? transition(task.status, to, factsOf(task)) : transition('DELETED', to, UNKNOWN_TASK);
}

/** A task that is not stored yet. */
const newTask = (
  taskId: string,
  task: TaskConfig,
  instanceId: number,
  ancestor?: ScheduledTask,
): ScheduledTask =>
  scheduledTask({
    assignedTask: assignedTask({ taskId, task, instanceId, assignedPorts: {} }),
    status: 'INIT',
    failureCount: ancestor?.failureCount ?? 0,
    timesPartitioned: 0,
    taskEvents: [],
    ancestorId: ancestor?.assignedTask.taskId,
  });

/** The only place that changes tasks: looks up the transition and applies its effects in the transaction. */
export function stateManager(options: StateManagerOptions): StateManager {
  const { clock, counters, events, flapping, kill, random, schedulerHost } = options;

  const tell = (tx: WriteTransaction, event: StateEvent) => tx.afterCommit(events.publish, event);

  const eventOf = (task: ScheduledTask, status: ScheduleStatus, message: string | undefined): TaskEvent => {
    // Times in a task's history never decrease, even when the clock was set back.
    const timestamp = Math.max(clock.nowMs(), toNumber(task.taskEvents.at(-1)?.timestamp ?? 0));
    return taskEvent(timestamp, status, message, schedulerHost);
  };
  /** An id that no stored task has, even when a simulation repeats its random numbers. */
  const freshId = (stores: ReadStores, job: JobKey, instanceId: number): string => {
    const taskId = newTaskId(job, instanceId, random);
    return stores.tasks.get(taskId) ? freshId(stores, job, instanceId) : taskId;
  };
  const save = (
    tx: WriteTransaction,
    task: ScheduledTask,
    to: ScheduleStatus,
    message: string | undefined,
  ) => {
    const saved = tx.tasks.save(withEvent(task, eventOf(task, to, message)));
    tell(tx, { kind: 'taskStateChanged', task: saved, oldState: task.status });
    if (TERMINAL_STATES.has(to)) options.ended?.(tx, saved);
    return saved;
  };
  const reschedule = (tx: WriteTransaction, ended: ScheduledTask) => {
    const { task: config, instanceId } = ended.assignedTask;
    const penaltyMs = flappingPenaltyMs(tx.tasks, ended, flapping, random);
    const next = newTask(freshId(tx, config.job, instanceId), config, instanceId, ended);
    if (penaltyMs > 0) save(tx, next, 'THROTTLED', penaltyMessage(penaltyMs));
    else save(tx, next, 'PENDING', 'Rescheduled');
  };

  const killLater = (tx: WriteTransaction, taskId: string, agentId: string | undefined) =>
    tx.afterCommit(kill, { taskId, agentId });

  /** Applies the effects in order; each sees the task as the previous one left it. */
  const carryOut = (
    tx: WriteTransaction,
    effects: readonly Effect[],
    subject: { readonly taskId: string; readonly task: ScheduledTask | undefined },
    to: ScheduleStatus,
    message: string | undefined,
  ) => {
    const { taskId } = subject;
    let { task } = subject;
    for (const effect of effects)
      switch (effect) {
        case 'INCREMENT_FAILURES':
          task = { ...task!, failureCount: task!.failureCount + 1 };
          break;
        case 'SAVE_STATE':
          task = save(tx, task!, to, message);
          break;
        case 'RESCHEDULE':
          reschedule(tx, task!);
          break;
        case 'TRANSITION_TO_LOST':
          changeState(tx, { taskId, to: 'LOST', message: MARKED_LOST });
          break;
        case 'KILL':
          killLater(tx, taskId, task?.assignedTask.slaveId);
          break;
        case 'DELETE':
          tx.tasks.delete(taskId);
          tell(tx, { kind: 'tasksDeleted', tasks: [task!] });
          break;
        default:
          effect satisfies never;
      }
  };

  const changeState = (tx: WriteTransaction, change: StateChange): StateChangeResult => {
    const { taskId, cas, to, message, unknownToMesos } = change;
    const task = tx.tasks.get(taskId);
    if (cas !== undefined && task?.status !== cas) return 'INVALID_CAS_STATE';
    const { result, effects: all } = transitionOf(task, to);
    const effects = unknownToMesos ? all.filter((effect) => effect !== 'KILL') : all;
    if (result.startsWith('ILLEGAL')) counters.add('scheduler_illegal_task_state_transitions');
    carryOut(tx, effects, { taskId, task }, to, message);
    return result;
  };

  const preparePendingTasks = (
    stores: ReadStores,
    config: TaskConfig,
    instanceIds: Iterable<number>,
  ): ScheduledTask[] =>
    Array.from(instanceIds, (instanceId) => {
      const task = newTask(freshId(stores, config.job, instanceId), config, instanceId);
      return withEvent(task, eventOf(task, 'PENDING', undefined));
    });

  /** The prepared task; made anew when another task has been stored under its id. */
  const stillFresh = (tx: WriteTransaction, task: ScheduledTask): ScheduledTask => {
    const { taskId, task: config, instanceId } = task.assignedTask;
    if (!tx.tasks.get(taskId)) return task;
    return preparePendingTasks(tx, config, [instanceId])[0]!;
  };
  const checkInstances = (tx: WriteTransaction, job: JobKey, instances: readonly number[]) => {
    if (instances.length === 0) throw new AuroraError('BAD_PARAMETER', 'no instances were given');
    const isNewJob = [...tx.tasks.activeConfigsOf(job)].length === 0;
    const isTaken = (instanceId: number) => tx.tasks.activeInstance(job, instanceId) !== undefined;
    if (new Set(instances).size < instances.length || (!isNewJob && instances.some(isTaken)))
      throw new AuroraError('COMMAND_FAILED', 'Instance ID collision detected.');
  };
  const insertPreparedTasks = (
    tx: WriteTransaction,
    job: JobKey,
    prepared: readonly ScheduledTask[],
  ): string[] => {
    const instances = prepared.map(({ assignedTask }) => assignedTask.instanceId);
    checkInstances(tx, job, instances);
    return prepared.map((task) => {
      const saved = tx.tasks.save(stillFresh(tx, task));
      tell(tx, { kind: 'taskStateChanged', task: saved, oldState: 'INIT' });
      return saved.assignedTask.taskId;
    });
  };
  const insertPendingTasks = (
    tx: WriteTransaction,
    config: TaskConfig,
    instanceIds: Iterable<number>,
  ): string[] => insertPreparedTasks(tx, config.job, preparePendingTasks(tx, config, instanceIds));

  const assignTask = (tx: WriteTransaction, assignment: TaskAssignment): AssignedTask | undefined => {
    const { taskId, slaveId, slaveHost, assignedPorts } = assignment;
    const task = tx.tasks.get(taskId);
    if (task?.status !== 'PENDING') return undefined;
    const { task: config, instanceId } = task.assignedTask;
    // Named one by one: this is written for every placed task, and spreads cost many times over.
    const placed = scheduledTask({
      assignedTask: assignedTask({ taskId, task: config, instanceId, slaveId, slaveHost, assignedPorts }),
      status: task.status,
      failureCount: task.failureCount,
      timesPartitioned: task.timesPartitioned,
      taskEvents: task.taskEvents,
      ancestorId: task.ancestorId,
    });
    return save(tx, placed, 'ASSIGNED', undefined).assignedTask;
  };

  const deleteTasks = (tx: WriteTransaction, taskIds: Iterable<string>) => {
    const deleted: ScheduledTask[] = [];
    for (const taskId of new Set(taskIds)) {
      const task = tx.tasks.get(taskId);
      if (!task || transitionOf(task, 'DELETED').result !== 'SUCCESS') continue;
      tx.tasks.delete(taskId);
      deleted.push(task);
    }
    if (deleted.length > 0) tell(tx, { kind: 'tasksDeleted', tasks: deleted });
  };

  const saveHostAttributes = (tx: WriteTransaction, attributes: AgentAttributes): boolean => {
    const changed = tx.hosts.save(attributes);
    if (changed) tell(tx, { kind: 'hostAttributesChanged', attributes });
    return changed;
  };

  const setHostMode = (tx: WriteTransaction, host: string, mode: MaintenanceMode): boolean => {
    const changed = tx.modes.set(host, mode);
    if (changed) tell(tx, { kind: 'hostModeChanged', host, mode });
    return changed;
  };

  return {
    changeState,
    preparePendingTasks,
    insertPreparedTasks,
    insertPendingTasks,
    assignTask,
    deleteTasks,
    saveHostAttributes,
    setHostMode,
  };
}
