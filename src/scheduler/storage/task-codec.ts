import {
  ENUMS,
  type ScheduledTask,
  type ScheduleStatus,
  type TaskConfig,
  type TaskEvent,
  toNumber,
} from '../../api/index.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { assignedTask, scheduledTask, taskEvent } from './task-shape.ts';

/**
 * How a task is written to the log: only the parts that differ from the stored task with the same id. A status change
 * takes the id, a few bytes and the new event.
 */
const CHANGED = {
  identity: 1,
  status: 2,
  failures: 4,
  partitions: 8,
  ancestor: 16,
  agent: 32,
  ports: 64,
  events: 128,
} as const;

const EVERYTHING = 255;

/** Optional texts: a byte that says whether there is one, then the text. */
function writeOptional(out: ByteWriter, text: string | undefined): void {
  out.u8(text === undefined ? 0 : 1);
  if (text !== undefined) out.text(text);
}

type Share = (text: string) => string;

const readOptional = (op: ByteReader, share: Share): string | undefined =>
  op.u8() === 0 ? undefined : share(op.text());

const STATUS_NUMBERS: Readonly<Record<ScheduleStatus, number>> = ENUMS.ScheduleStatus;
const STATUS_NAMES = new Map(
  Object.entries(STATUS_NUMBERS).map(([name, number]) => [number, name as ScheduleStatus]),
);

const readStatus = (op: ByteReader): ScheduleStatus => {
  const number = op.u8();
  const status = STATUS_NAMES.get(number);
  if (status === undefined) throw new RangeError(`there is no task status ${number}`);
  return status;
};

function changesBetween(before: ScheduledTask, after: ScheduledTask): number {
  const [old, now] = [before.assignedTask, after.assignedTask];
  return (
    (before.status === after.status ? 0 : CHANGED.status) |
    (before.failureCount === after.failureCount ? 0 : CHANGED.failures) |
    (before.timesPartitioned === after.timesPartitioned ? 0 : CHANGED.partitions) |
    (before.ancestorId === after.ancestorId ? 0 : CHANGED.ancestor) |
    (old.slaveId === now.slaveId && old.slaveHost === now.slaveHost ? 0 : CHANGED.agent) |
    (old.assignedPorts === now.assignedPorts ? 0 : CHANGED.ports) |
    (before.taskEvents === after.taskEvents ? 0 : CHANGED.events)
  );
}

function keptEvents(before: ScheduledTask | undefined, after: ScheduledTask): number {
  let kept = 0;
  while (kept < after.taskEvents.length && before?.taskEvents[kept] === after.taskEvents[kept]) kept++;
  return kept;
}

function writeEvents(out: ByteWriter, before: ScheduledTask | undefined, after: ScheduledTask): void {
  const kept = keptEvents(before, after);
  out.int(kept);
  out.int(after.taskEvents.length - kept);
  for (let at = kept; at < after.taskEvents.length; at++) {
    const event = after.taskEvents[at] as TaskEvent;
    out.u8(STATUS_NUMBERS[event.status]);
    out.f64(toNumber(event.timestamp));
    writeOptional(out, event.message);
    writeOptional(out, event.scheduler);
  }
}

/** @param configId the number of the task's configuration in the log. */
export function writeTask(
  out: ByteWriter,
  before: ScheduledTask | undefined,
  after: ScheduledTask,
  configId: number,
): void {
  const changed = before ? changesBetween(before, after) : EVERYTHING;
  const { taskId, instanceId, slaveId, slaveHost, assignedPorts } = after.assignedTask;
  out.text(taskId);
  out.u8(changed);
  if (changed & CHANGED.identity) {
    out.int(configId);
    out.int(instanceId);
  }
  if (changed & CHANGED.status) out.u8(STATUS_NUMBERS[after.status]);
  if (changed & CHANGED.failures) out.int(after.failureCount);
  if (changed & CHANGED.partitions) out.int(after.timesPartitioned);
  if (changed & CHANGED.ancestor) writeOptional(out, after.ancestorId);
  if (changed & CHANGED.agent) {
    writeOptional(out, slaveId);
    writeOptional(out, slaveHost);
  }
  if (changed & CHANGED.ports) {
    const names = Object.keys(assignedPorts);
    out.int(names.length);
    for (const name of names) {
      out.text(name);
      out.int(assignedPorts[name] as number);
    }
  }
  if (changed & CHANGED.events) writeEvents(out, before, after);
}

function readEvents(op: ByteReader, before: ScheduledTask | undefined, share: Share): TaskEvent[] {
  const kept = (before?.taskEvents ?? []).slice(0, op.int());
  const added = Array.from({ length: op.int() }, (): TaskEvent => {
    const status = readStatus(op);
    const timestamp = op.f64();
    const message = readOptional(op, share);
    const scheduler = readOptional(op, share);
    return taskEvent(timestamp, status, message, scheduler);
  });
  return kept.concat(added);
}

/**
 * Reads what `writeTask` wrote after the task's id.
 * @param before the stored task with that id; required when the record holds changes only.
 * @param share makes equal texts one object.
 */
export function readTask(
  op: ByteReader,
  taskId: string,
  before: ScheduledTask | undefined,
  configOf: (id: number) => TaskConfig,
  share: Share,
): ScheduledTask {
  const changed = op.u8();
  if (!(changed & CHANGED.identity) && !before)
    throw new RangeError(`a change of the unknown task ${taskId}`);
  const identity =
    changed & CHANGED.identity
      ? { task: configOf(op.int()), instanceId: op.int() }
      : { task: before!.assignedTask.task, instanceId: before!.assignedTask.instanceId };
  const status = changed & CHANGED.status ? readStatus(op) : before!.status;
  const failureCount = changed & CHANGED.failures ? op.int() : before!.failureCount;
  const timesPartitioned = changed & CHANGED.partitions ? op.int() : before!.timesPartitioned;
  const ancestorId = changed & CHANGED.ancestor ? readOptional(op, (text) => text) : before!.ancestorId;
  const agent =
    changed & CHANGED.agent
      ? { slaveId: readOptional(op, share), slaveHost: readOptional(op, share) }
      : { slaveId: before!.assignedTask.slaveId, slaveHost: before!.assignedTask.slaveHost };
  const assignedPorts =
    changed & CHANGED.ports
      ? Object.fromEntries(Array.from({ length: op.int() }, () => [op.text(), op.int()] as const))
      : before!.assignedTask.assignedPorts;
  const taskEvents = changed & CHANGED.events ? readEvents(op, before, share) : before!.taskEvents;
  return scheduledTask({
    assignedTask: assignedTask({ taskId, ...identity, ...agent, assignedPorts }),
    status,
    failureCount,
    timesPartitioned,
    taskEvents,
    ancestorId,
  });
}
