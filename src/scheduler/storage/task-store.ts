import {
  ACTIVE_STATES,
  decodeStruct,
  encodeStruct,
  normalise,
  type ScheduledTask,
  type ScheduleStatus,
} from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { ByteWriter } from './bytes.ts';
import { configPool, type PooledConfig } from './config-pool.ts';
import { jobKeyText } from './keys.ts';
import { moments } from './moments.ts';
import { sharedHistories } from './shared-histories.ts';
import { sharedTexts } from './shared-texts.ts';
import { type Gate, OP, passGate, type Table } from './store-table.ts';
import type { WriteTasks } from './stores.ts';
import { readTask, writeTask } from './task-codec.ts';
import { taskIndex } from './task-index.ts';
import { type Candidates, candidates, type QueryIndex, taskMatcher } from './task-query.ts';
import { assignedTask, scheduledTask } from './task-shape.ts';

/** The task with these parts replaced. The other fields are named one by one, because a spread would be many times slower. */
const withParts = (
  { status, failureCount, timesPartitioned, ancestorId }: ScheduledTask,
  assigned: ScheduledTask['assignedTask'],
  taskEvents: ScheduledTask['taskEvents'],
): ScheduledTask =>
  scheduledTask({
    assignedTask: assigned,
    status,
    failureCount,
    timesPartitioned,
    taskEvents,
    ancestorId,
  });

/** What the current write has made of a task so far. */
interface Change {
  readonly before: ScheduledTask | undefined;
  now: ScheduledTask | undefined;
}

/** The tasks, with their indexes and shared configurations. */
export function taskStore(
  gate: Gate,
  queried: (by: QueryIndex) => void = () => {},
): { readonly store: WriteTasks; readonly table: Table<ScheduledTask> } {
  const tasks = new Map<string, ScheduledTask>();
  let changes = new Map<string, Change>();
  const index = taskIndex((id) => tasks.get(id));
  const pool = configPool();

  const share = sharedTexts();
  const shareHistory = sharedHistories();

  /**
   * The task in as little memory as possible: configuration, agent, host and history are shared objects, and its id is
   * stored once.
   */
  const packed = (
    task: ScheduledTask,
    pooled: PooledConfig,
    old: ScheduledTask | undefined,
  ): ScheduledTask => {
    const taskEvents = shareHistory(task.taskEvents, old?.taskEvents);
    if (task.assignedTask === old?.assignedTask) return withParts(task, task.assignedTask, taskEvents);
    const { instanceId, assignedPorts, slaveId, slaveHost } = task.assignedTask;
    const assigned = assignedTask({
      taskId: old?.assignedTask.taskId ?? task.assignedTask.taskId,
      task: pooled.config,
      instanceId,
      assignedPorts,
      slaveId: slaveId && share(slaveId),
      slaveHost: slaveHost && share(slaveHost),
    });
    return withParts(task, assigned, taskEvents);
  };
  const views = moments<ScheduledTask>(index.jobTexts, index.ofJobText);
  const put = (taskId: string, old: ScheduledTask | undefined, task: ScheduledTask | undefined) => {
    if (old === task) return;
    if (views.anyOpen()) views.changing(jobKeyText((task ?? old)!.assignedTask.task.job));
    if (task) tasks.set(taskId, task);
    else tasks.delete(taskId);
    if (!old) pool.use(pool.entryOf(task!.assignedTask.task));
    else if (!task) pool.release(pool.entryOf(old.assignedTask.task));
    index.replace(old, task);
  };
  /**
   * @param old the stored task with that id, passed in because a lookup among a million ids costs more than the rest of
   * a change.
   */
  const change = (taskId: string, old: ScheduledTask | undefined, now: ScheduledTask | undefined) => {
    passGate(gate);
    const known = changes.get(taskId);
    if (known) known.now = now;
    else changes.set(taskId, { before: old, now });
    put(taskId, old, now);
  };
  /** The candidates that match. */
  const matching = ({ tasks: all, rest }: Candidates): ScheduledTask[] => {
    const matches = taskMatcher(rest);
    if (!matches) return all ?? [...tasks.values()];
    if (all) return all.filter(matches);
    const found: ScheduledTask[] = [];
    for (const task of tasks.values()) if (matches(task)) found.push(task);
    return found;
  };
  const inStatus = (...statuses: readonly ScheduleStatus[]) =>
    statuses.length === 0 ? [] : matching(candidates({ statuses }, index));

  const store: WriteTasks = {
    get: (taskId) => tasks.get(taskId),
    find(query) {
      const found = candidates(query, index);
      queried(found.by);
      return matching(found);
    },
    ofJob: index.ofJob,
    activeOf: index.activeOf,
    activeConfigsOf: index.activeConfigsOf,
    countEnded: index.countInactive,
    activeInstance: index.activeInstance,
    onHost: index.onHost,
    inStatus,
    placement: index.placement,
    countInStatus: index.countInStatus,
    jobs: index.jobs,
    jobsOfRole: index.jobsOfRole,
    countJobs: index.countJobs,
    countHosts: index.countHosts,
    all: () => tasks.values(),
    get size() {
      return tasks.size;
    },
    save(task) {
      const { taskId, instanceId, task: config } = task.assignedTask;
      const old = tasks.get(taskId);
      const pooled = pool.enter(config);
      const sameInstance =
        !old || (old.assignedTask.task === pooled.config && old.assignedTask.instanceId === instanceId);
      if (!sameInstance) throw new AuroraError('BUG', `task ${taskId} changed its instance or configuration`);
      const holder = ACTIVE_STATES.has(task.status)
        ? index.activeInstance(pooled.config.job, instanceId)?.assignedTask.taskId
        : taskId;
      if (holder !== undefined && holder !== taskId) {
        throw new AuroraError(
          'BUG',
          `task ${taskId} would be the second active one of its instance, beside ${holder}`,
        );
      }
      const stored = packed(task, pooled, old);
      change(taskId, old, stored);
      return stored;
    },
    delete(taskId) {
      const old = tasks.get(taskId);
      if (old) change(taskId, old, undefined);
      return old !== undefined;
    },
  };

  const writeConfig = (out: ByteWriter, entry: PooledConfig) => {
    out.u8(OP.defineConfig);
    out.int(entry.id);
    out.bytes(encodeStruct('TaskConfig', entry.config));
  };
  const writeSave = (
    out: ByteWriter,
    old: ScheduledTask | undefined,
    task: ScheduledTask,
    configId: number,
  ) => {
    out.u8(OP.saveTask);
    writeTask(out, old, task, configId);
  };

  const table: Table<ScheduledTask> = {
    encodeChanges(out) {
      for (const [taskId, { before, now: task }] of changes) {
        if (task) {
          const entry = pool.entryOf(task.assignedTask.task);
          if (!entry.logged) writeConfig(out, entry);
          entry.logged = true;
          if (task !== before) writeSave(out, before, task, entry.id);
        } else if (before) {
          out.u8(OP.deleteTask);
          out.text(taskId);
        }
      }
    },
    keepChanges() {
      if (changes.size > 0) changes = new Map();
      pool.sweep();
    },
    undoChanges() {
      for (const [taskId, { before }] of changes) put(taskId, tasks.get(taskId), before);
      changes = new Map();
      pool.sweep();
    },
    view() {
      const letGo = pool.keep();
      const moment = views.take();
      const written = new Set<PooledConfig>();
      return {
        values: moment.values,
        write(out, task) {
          const entry = pool.keptEntryOf(task.assignedTask.task);
          // A configuration is written in the same piece as the first task that has it; otherwise it would be dropped
          // as unused.
          if (!written.has(entry)) writeConfig(out, entry);
          written.add(entry);
          writeSave(out, undefined, task, entry.id);
        },
        close() {
          moment.close();
          letGo();
        },
      };
    },
    replay: {
      [OP.defineConfig](op) {
        const id = op.int();
        pool.define(id, normalise('TaskConfig', decodeStruct('TaskConfig', op.bytes())));
      },
      [OP.saveTask](op) {
        const taskId = op.text();
        const old = tasks.get(taskId);
        const task = readTask(op, taskId, old, (id) => pool.byId(id).config, share);
        change(taskId, old, packed(task, pool.entryOf(task.assignedTask.task), old));
      },
      [OP.deleteTask](op) {
        const taskId = op.text();
        change(taskId, tasks.get(taskId), undefined);
      },
    },
  };
  return { store, table };
}
