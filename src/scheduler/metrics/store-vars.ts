import type { ReadStores, Storage } from '../storage/index.ts';
import type { Counters } from './counters.ts';

function countOf(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

/** Source of the names: the original's in-memory stores. */
const SIZES: Readonly<Record<string, (stores: ReadStores) => number>> = {
  mem_storage_attribute_size: ({ hosts }) => countOf(hosts.all()),
  mem_storage_cron_size: ({ cronJobs }) => countOf(cronJobs.all()),
  mem_storage_maintenance_size: ({ maintenance }) => countOf(maintenance.all()),
  mem_storage_quota_size: ({ quotas }) => countOf(quotas.all()),
  mem_storage_update_size: ({ jobUpdates }) => countOf(jobUpdates.summaries()),
  task_store_index_host_items: ({ tasks }) => tasks.countHosts(),
  task_store_index_job_items: ({ tasks }) => countOf(tasks.jobs()),
};

/** Sizes of the stores. */
export function storeVars(storage: Pick<Storage, 'read'>, counters: Counters): void {
  for (const [name, size] of Object.entries(SIZES)) counters.gauge(name, () => storage.read(size));
}
