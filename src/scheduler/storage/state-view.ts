import type {
  HostAttributes,
  HostMaintenanceRequest,
  JobConfiguration,
  JobUpdateDetails,
  ResourceAggregate,
  ScheduledTask,
} from '../../api/index.ts';
import { type ByteWriter, byteWriter } from './bytes.ts';
import { detailsAt, type UpdateMark } from './job-update-store.ts';
import type { Restoration } from './stores.ts';
import type { Table, TableView } from './table.ts';

/**
 * Everything as it was at one moment, to be read in any slices while changes go on: either the values, each of the
 * iterables once, or the ops. It costs memory for what changes until it is closed.
 */
export interface StateView {
  /** Job by job; equal configurations are one object. */
  readonly tasks: Iterable<ScheduledTask>;
  readonly cronJobs: Iterable<JobConfiguration>;
  readonly quotas: Iterable<readonly [role: string, quota: ResourceAggregate]>;
  readonly hosts: Iterable<HostAttributes>;
  readonly jobUpdates: Iterable<JobUpdateDetails>;
  readonly maintenance: Iterable<HostMaintenanceRequest>;
  /** One or none, as also of `restorations`. */
  readonly frameworkIds: Iterable<string>;
  readonly restorations: Iterable<Restoration>;
  /** Ops that make all of it in empty tables, in pieces of about `OPS_BYTES`, each encoded when asked for. */
  ops(): Iterable<Uint8Array>;
  /** Can be called again. */
  close(): void;
}

/** Encoding a piece takes about a millisecond, applying it two or three; larger ones are compressed hardly better. */
const OPS_BYTES = 64 * 1024;

type Keyed<V> = { readonly table: Table<readonly [key: string, value: V]> };

/** What there are views of. */
interface Parts {
  readonly tasks: { readonly table: Table<ScheduledTask> };
  readonly cronJobs: Keyed<JobConfiguration>;
  readonly quotas: Keyed<ResourceAggregate>;
  readonly hosts: Keyed<HostAttributes>;
  readonly jobUpdates: { readonly table: Table<UpdateMark> };
  readonly maintenance: Keyed<HostMaintenanceRequest>;
  readonly framework: Keyed<string>;
  readonly restoration: Keyed<Restoration>;
}

function* each<A, B>(items: Iterable<A>, make: (item: A) => B): Iterable<B> {
  for (const item of items) yield make(item);
}

const valuesOf = <V>(view: TableView<readonly [string, V]>): Iterable<V> =>
  each(view.values, ([, value]) => value);

function* opsOf<V>(view: TableView<V>, out: ByteWriter): Iterable<Uint8Array> {
  for (const value of view.values) {
    view.write(out, value);
    if (out.size() >= OPS_BYTES) yield out.take();
  }
}

/** Takes the view of all tables at this moment. */
export function stateView(parts: Parts): StateView {
  const tasks = parts.tasks.table.view();
  const cronJobs = parts.cronJobs.table.view();
  const quotas = parts.quotas.table.view();
  const hosts = parts.hosts.table.view();
  const jobUpdates = parts.jobUpdates.table.view();
  const maintenance = parts.maintenance.table.view();
  const framework = parts.framework.table.view();
  const restoration = parts.restoration.table.view();
  const all = [tasks, cronJobs, quotas, hosts, jobUpdates, maintenance, framework, restoration];
  return {
    tasks: tasks.values,
    cronJobs: valuesOf(cronJobs),
    quotas: quotas.values,
    hosts: valuesOf(hosts),
    jobUpdates: each(jobUpdates.values, detailsAt),
    maintenance: valuesOf(maintenance),
    frameworkIds: valuesOf(framework),
    restorations: valuesOf(restoration),
    *ops() {
      const out = byteWriter();
      for (const view of all) yield* opsOf(view as TableView<never>, out);
      if (out.size() > 0) yield out.take();
    },
    close() {
      for (const view of all) view.close();
    },
  };
}
