import {
  decodeStruct,
  type JobUpdateSettings,
  normalise,
  type TaskConfig,
  type TypeName,
  toNumber,
  unknownParts,
  type Wire,
  withResources,
} from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { BackupItem } from './backup-item.ts';
import type { ByteWindow } from './byte-window.ts';
import { joinTask, splitTask } from './stored-task.ts';
import { storedUpdate } from './stored-update.ts';
import { countAt, endOf, inside, THRIFT } from './thrift-ranges.ts';

/** Called with each entry, in the order of the file. */
export type Take = (item: BackupItem) => void;
/** Called for everything in the file that is ignored: `Snapshot.field 14`, `ScheduledTask.taskEvents[].field 9`. */
export type LeaveOut = (path: string) => void;
type ReadConfig = (bytes: Buffer) => TaskConfig;

/** The resource types of a quota, sorted. Source: the original's QuotaManager, except for GPUs, which we added. */
const QUOTA_TYPES = /^diskMb,numCpus,(numGpus,)?ramMb$/;

function quotaItem(bytes: Buffer): BackupItem {
  const { role, quota } = decodeStruct('storage.QuotaConfiguration', bytes);
  const whole = withResources(quota ?? {});
  const types = whole.resources.flatMap((resource) => Object.keys(resource)).sort();
  if (role === undefined || !QUOTA_TYPES.test(types.join()))
    throw new AuroraError(
      'CODEC',
      `the quota of role ${role} must hold numCpus, ramMb and diskMb, each once`,
    );
  return { kind: 'quota', role, quota: normalise('ResourceAggregate', whole) };
}

/** The update strategy that older settings mean. Source: the original's ThriftBackfill. */
const strategyOf = ({ waitForBatchCompletion, updateGroupSize: groupSize = 0 }: Wire<'JobUpdateSettings'>) =>
  waitForBatchCompletion ? { batchStrategy: { groupSize } } : { queueStrategy: { groupSize } };

const withStrategy = (settings: Wire<'JobUpdateSettings'>): JobUpdateSettings =>
  normalise('JobUpdateSettings', {
    ...settings,
    updateStrategy: settings.updateStrategy ?? strategyOf(settings),
  });

/** Reads an update without its state, because the stores derive it from the events. */
function updateItem(bytes: Buffer): BackupItem {
  const { details, run } = decodeStruct('storage.StoredJobUpdateDetails', bytes);
  const { update, ...events } = normalise('JobUpdateDetails', details ?? {});
  const { state: _, ...summary } = update.summary;
  const instructions = { ...update.instructions, settings: withStrategy(update.instructions.settings) };
  return {
    kind: 'update',
    update: storedUpdate(
      { ...events, update: { summary, instructions } },
      run && normalise('storage.JobUpdateRun', run),
    ),
  };
}

function hostItems(bytes: Buffer): readonly BackupItem[] {
  const host = decodeStruct('HostAttributes', bytes);
  // Source: the original once stored modes of hosts that it did not know.
  return host.slaveId === undefined ? [] : [{ kind: 'host', host: normalise('HostAttributes', host) }];
}

function metadataItems(bytes: Buffer): readonly BackupItem[] {
  const { frameworkId } = decodeStruct('storage.SchedulerMetadata', bytes);
  return frameworkId ? [{ kind: 'frameworkId', id: frameworkId }] : [];
}

const cronJobItem = (bytes: Buffer): BackupItem => {
  const { jobConfiguration } = decodeStruct('storage.StoredCronJob', bytes);
  return { kind: 'cronJob', job: normalise('JobConfiguration', jobConfiguration ?? {}) };
};

const maintenanceItem = (bytes: Buffer): BackupItem => ({
  kind: 'maintenance',
  request: normalise('HostMaintenanceRequest', decodeStruct('HostMaintenanceRequest', bytes)),
});

interface Element {
  readonly type: TypeName;
  readonly items: (bytes: Buffer, configOf: ReadConfig) => BackupItem | readonly BackupItem[];
}

/** How to read each set of a Snapshot, by the id of its field. */
const ELEMENTS: Readonly<Record<number, Element>> = {
  3: { type: 'HostAttributes', items: hostItems },
  4: {
    type: 'ScheduledTask',
    items(bytes, configOf) {
      const split = splitTask(bytes, 0);
      if (!split.config) throw new AuroraError('CODEC', 'a task without its configuration');
      return { kind: 'task', task: joinTask(split, configOf(split.config)) };
    },
  },
  5: { type: 'storage.StoredCronJob', items: cronJobItem },
  8: { type: 'storage.QuotaConfiguration', items: quotaItem },
  10: { type: 'storage.StoredJobUpdateDetails', items: updateItem },
  13: { type: 'HostMaintenanceRequest', items: maintenanceItem },
};

const SINGLES: Readonly<Record<number, (bytes: Buffer) => readonly BackupItem[]>> = {
  1: (bytes) => [{ kind: 'taken', timestampMs: toNumber(bytes.readBigInt64BE(0)) }],
  6: metadataItems,
};

/** Reads the id and type of the next field; both are 0 at the end of the struct. */
export const fieldHead = (window: ByteWindow): Promise<{ readonly type: number; readonly id: number }> =>
  window.take((bytes, at) => {
    const value = inside(bytes, at, 1);
    const type = bytes[at] as number;
    if (type === 0) return { end: value, value: { type, id: 0 } };
    return { end: inside(bytes, at, 3), value: { type, id: bytes.readInt16BE(value) } };
  });

/** Reads a list or set of structs, beginning with its head, and passes on each element's bytes. */
export async function eachElement(window: ByteWindow, take: (bytes: Buffer) => void): Promise<void> {
  const { type, count } = await window.take((bytes, at) => {
    const count = countAt(bytes, at + 1);
    return { end: at + 5, value: { type: bytes[at] as number, count } };
  });
  if (count > 0 && type !== THRIFT.struct) throw new AuroraError('CODEC', `elements have type ${type}`);
  for (let index = 0; index < count; index++)
    await window.take((bytes, at) => {
      const end = endOf(bytes, at, THRIFT.struct);
      take(bytes.subarray(at, end));
      return { end, value: undefined };
    });
}

/** Reads the next value and returns its bytes. */
export const wholeValue = (window: ByteWindow, type: number): Promise<Buffer> =>
  window.take((bytes, at) => {
    const end = endOf(bytes, at, type);
    return { end, value: Buffer.from(bytes.subarray(at, end)) };
  });

/** Reports the parts of an element that we do not read and which therefore will not be in the state. */
export function leaveOutUnknown(type: TypeName, bytes: Buffer, leaveOut: LeaveOut | undefined): void {
  if (leaveOut) for (const path of unknownParts(type, bytes)) leaveOut(path);
}

/**
 * Reads the fields of one Snapshot up to its end. Unknown fields are skipped and reported to `leaveOut`.
 * @throws AuroraError CODEC that says what was wrong
 */
export async function readSnapshot(
  window: ByteWindow,
  configOf: ReadConfig,
  take: Take,
  leaveOut?: LeaveOut,
): Promise<void> {
  for (;;) {
    const { type, id } = await fieldHead(window);
    if (type === 0) return;
    const element = ELEMENTS[id];
    if (element && (type === THRIFT.set || type === THRIFT.list)) {
      await eachElement(window, (bytes) => {
        leaveOutUnknown(element.type, bytes, leaveOut);
        const items = [element.items(bytes, configOf)].flat();
        if (items.length === 0) leaveOut?.(`${element.type} that names no agent`);
        for (const item of items) take(item);
      });
      continue;
    }
    const bytes = await wholeValue(window, type);
    const single = type === (id === 1 ? THRIFT.i64 : THRIFT.struct) ? SINGLES[id] : undefined;
    if (single) for (const item of single(bytes)) take(item);
    else if (!isEmpty(bytes, type)) leaveOut?.(`Snapshot.field ${id}`);
  }
}

/** Whether an unread field is an empty set, list or map; nothing is lost with those. */
const isEmpty = (bytes: Buffer, type: number): boolean =>
  ([THRIFT.set, THRIFT.list] as number[]).includes(type)
    ? countAt(bytes, 1) === 0
    : type === THRIFT.map && countAt(bytes, 2) === 0;
