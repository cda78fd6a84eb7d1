import type { SchedulerReply } from '../../../api/views/scheduler.ts';
import { takenMsOf } from '../../backup/backup-name.ts';
import type { View } from './view-settings.ts';

const MOST_BACKUPS = 50;

/** The scheduler process that answers this request. */
export const schedulerView: View = async (world, _query, caller): Promise<SchedulerReply> => {
  const { clusterName, counters, handlers, hostname, life, startedMs, storage, version } = world;
  const { counts } = counters.values();
  const outcome = await handlers.listBackups?.({}, caller);
  const names = [...(outcome?.result?.listBackupsResult?.backups ?? [])].sort().reverse();
  const { frameworkId, restored, tasks } = storage.read(({ framework, restoration, tasks: stored }) => ({
    frameworkId: framework.id(),
    restored: restoration.get(),
    tasks: stored.size,
  }));
  return {
    cluster: clusterName,
    ...(version === undefined ? {} : { version }),
    state: life.state(),
    address: hostname,
    startedMs,
    ...(frameworkId === undefined ? {} : { frameworkId }),
    log: {
      writes: counts.get('scheduler_log_entries_written') ?? 0,
      bytes: counts.get('scheduler_log_bytes_written') ?? 0,
      snapshots: counts.get('scheduler_log_snapshots') ?? 0,
    },
    tasks,
    backups: names.slice(0, MOST_BACKUPS).map((name) => {
      const takenMs = takenMsOf(name);
      return { name, ...(takenMs === undefined ? {} : { takenMs }) };
    }),
    ...(restored ? { restored } : {}),
  };
};
