import {
  encodeStruct,
  type ScheduledTask,
  type TaskConfig,
  type TypeName,
  type Wire,
} from '../../api/index.ts';
import type { ReadStores } from '../storage/index.ts';
import { wireUpdate } from './stored-update.ts';
import { THRIFT } from './thrift-ranges.ts';

/** The size of a piece; encoding that much takes less than a millisecond. */
const CHUNK_BYTES = 32 * 1024;

/** Ids of the Snapshot's fields. Source: the original's storage.thrift. */
const FIELD = {
  timestamp: 1,
  hostAttributes: 3,
  tasks: 4,
  cronJobs: 5,
  schedulerMetadata: 6,
  quotaConfigurations: 8,
  jobUpdateDetails: 10,
  hostMaintenanceRequests: 13,
} as const;

/** Facts about a backup's origin. */
export interface SnapshotFacts {
  readonly takenMs: number;
  /** Arbitrary texts by name; the original writes its build properties here. */
  readonly details: Readonly<Record<string, string>>;
}

const fieldHead = (type: number, id: number): Buffer => Buffer.from([type, id >> 8, id & 0xff]);

function setHead(id: number, count: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(THRIFT.set);
  head.writeInt16BE(id, 1);
  head.writeUInt8(THRIFT.struct, 3);
  head.writeInt32BE(count, 4);
  return head;
}

/** Encodes the first fields of a struct without its end mark, so that further fields can follow. */
const opened = <N extends TypeName>(name: N, value: Wire<N>): Uint8Array =>
  encodeStruct(name, value).subarray(0, -1);

/**
 * Returns a function that encodes a ScheduledTask in three parts. Encoded configurations are cached, because most tasks
 * share theirs with others. Fields are written in the order of their ids.
 */
function taskWriter(): (task: ScheduledTask) => Uint8Array[] {
  const known = new Map<TaskConfig, Uint8Array>();
  const configBytes = (config: TaskConfig): Uint8Array => {
    let bytes = known.get(config);
    if (!bytes) {
      bytes = encodeStruct('TaskConfig', config);
      known.set(config, bytes);
    }
    return bytes;
  };
  const assignedHead = fieldHead(THRIFT.struct, 1);
  const configHead = fieldHead(THRIFT.struct, 4);
  return ({ assignedTask: { task, assignedPorts, instanceId, ...who }, ...rest }) => [
    assignedHead,
    opened('AssignedTask', who),
    configHead,
    configBytes(task),
    encodeStruct('AssignedTask', { assignedPorts, instanceId }),
    encodeStruct('ScheduledTask', rest),
  ];
}

type Parts = Iterable<Uint8Array>;

function* setOf<T>(id: number, items: readonly T[], encode: (item: T) => Uint8Array): Parts {
  yield setHead(id, items.length);
  for (const item of items) yield encode(item);
}

/** Collects everything that a backup holds, as it is at this moment; later changes do not affect it. */
export function snapshotView(stores: ReadStores) {
  return {
    hosts: [...stores.hosts.all()].map((agent) => ({ ...agent, mode: stores.modes.of(agent.host) })),
    tasks: [...stores.tasks.all()],
    cronJobs: [...stores.cronJobs.all()],
    frameworkId: stores.framework.id(),
    quotas: [...stores.quotas.all()],
    updates: stores.jobUpdates.view(),
    maintenance: [...stores.maintenance.all()],
  };
}

export type SnapshotView = ReturnType<typeof snapshotView>;

function* partsOf(view: SnapshotView, { takenMs, details }: SnapshotFacts): Parts {
  yield opened('storage.Snapshot', { timestamp: takenMs });
  // Every reader drops entries without an agent.
  const hosts = view.hosts.filter(({ slaveId }) => slaveId !== undefined);
  yield* setOf(FIELD.hostAttributes, hosts, (host) => encodeStruct('HostAttributes', host));
  yield setHead(FIELD.tasks, view.tasks.length);
  const encodeTask = taskWriter();
  for (const task of view.tasks) yield* encodeTask(task);
  yield* setOf(FIELD.cronJobs, view.cronJobs, (jobConfiguration) =>
    encodeStruct('storage.StoredCronJob', { jobConfiguration }),
  );
  const { frameworkId } = view;
  const metadata = frameworkId === undefined ? { details } : { frameworkId, details };
  yield opened('storage.Snapshot', { schedulerMetadata: metadata });
  yield* setOf(FIELD.quotaConfigurations, view.quotas, ([role, quota]) =>
    encodeStruct('storage.QuotaConfiguration', { role, quota }),
  );
  yield* setOf(FIELD.jobUpdateDetails, view.updates, (updateThen) =>
    encodeStruct('storage.StoredJobUpdateDetails', wireUpdate(updateThen())),
  );
  yield* setOf(FIELD.hostMaintenanceRequests, view.maintenance, (request) =>
    encodeStruct('HostMaintenanceRequest', request),
  );
  yield Buffer.from([0]);
}

/**
 * Encodes a backup file as pieces, each made when it is requested. Source of the format: the original's storage.thrift
 * and SnapshotServiceImpl.
 */
export function* encodeSnapshot(view: SnapshotView, facts: SnapshotFacts): Iterable<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for (const part of partsOf(view, facts)) {
    parts.push(part);
    bytes += part.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
  }
  yield Buffer.concat(parts, bytes);
}
