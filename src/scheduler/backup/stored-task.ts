import { decodeStruct, type ScheduledTask, type TaskConfig, toNumber, type Wire } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import { assignedTask, scheduledTask, taskEvent } from '../storage/index.ts';
import { type FieldRange, fieldsOf, THRIFT } from './thrift-ranges.ts';

/** Ids of the fields that lead to a configuration. */
const ASSIGNED_TASK = 1;
const TASK_CONFIG = 4;

/** Finds a field in the struct at `at`; returns its range and the bytes of the struct without it. */
function split(bytes: Buffer, at: number, id: number) {
  const fields = fieldsOf(bytes, at);
  const found = fields.find((field) => field.id === id && field.type === THRIFT.struct);
  const end = (fields.at(-1)?.end ?? at) + 1;
  return { found, rest: found ? without(bytes, at, end, found) : bytes.subarray(at, end) };
}

/** The bytes of a struct without one of its fields. */
const without = (bytes: Buffer, at: number, end: number, { start, end: next }: FieldRange): Buffer =>
  Buffer.concat([bytes.subarray(at, start), bytes.subarray(next, end)]);

/** A stored task split in two, because tasks of a job share their configuration, which is most of the bytes. */
export interface SplitTask {
  readonly config: Buffer | undefined;
  readonly assigned: Wire<'AssignedTask'>;
  readonly scheduled: Wire<'ScheduledTask'>;
}

/** Reads the ScheduledTask at `at`, except for its configuration. @throws AuroraError CODEC */
export function splitTask(bytes: Buffer, at: number): SplitTask {
  const outer = split(bytes, at, ASSIGNED_TASK);
  if (!outer.found) throw new AuroraError('CODEC', 'a task without assignedTask');
  const inner = split(bytes, outer.found.value, TASK_CONFIG);
  return {
    config: inner.found && bytes.subarray(inner.found.value, inner.found.end),
    assigned: decodeStruct('AssignedTask', inner.rest),
    scheduled: decodeStruct('ScheduledTask', outer.rest),
  };
}

/** The task in the form of the stores. @throws AuroraError CODEC when a required part is missing */
export function joinTask({ assigned, scheduled }: SplitTask, task: TaskConfig): ScheduledTask {
  const { taskId, slaveId, slaveHost, assignedPorts = {}, instanceId = 0 } = assigned;
  const { status, failureCount = 0, timesPartitioned = 0, ancestorId } = scheduled;
  if (taskId === undefined || status === undefined)
    throw new AuroraError('CODEC', `task ${taskId ?? 'without an id'} has no known status`);
  const taskEvents = (scheduled.taskEvents ?? []).flatMap(
    ({ timestamp = 0, status: to, message, scheduler }) =>
      to === undefined ? [] : [taskEvent(toNumber(timestamp), to, message, scheduler)],
  );
  return scheduledTask({
    assignedTask: assignedTask({ taskId, slaveId, slaveHost, task, assignedPorts, instanceId }),
    status,
    failureCount,
    timesPartitioned,
    taskEvents,
    ancestorId,
  });
}
