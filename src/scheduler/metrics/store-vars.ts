import type { ReadStores, Storage } from '../storage/index.ts';
import type { Counters } from './counters.ts';

/** Source of the names: the original's in-memory stores. */
const SIZES: Readonly<Record<string, (stores: ReadStores) => number>> = {
  mem_storage_attribute_size: ({ hosts }) => hosts.size,
  mem_storage_cron_size: ({ cronJobs }) => cronJobs.size,
  mem_storage_maintenance_size: ({ maintenance }) => maintenance.size,
  mem_storage_quota_size: ({ quotas }) => quotas.size,
  mem_storage_update_size: ({ jobUpdates }) => jobUpdates.size,
  task_store_index_host_items: ({ tasks }) => tasks.countHosts(),
  task_store_index_job_items: ({ tasks }) => tasks.countJobs(),
};

/** Sizes of the stores. */
export function storeVars(storage: Pick<Storage, 'read'>, counters: Counters): void {
  for (const [name, size] of Object.entries(SIZES)) counters.gauge(name, () => storage.read(size));
}
