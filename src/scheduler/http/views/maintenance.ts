import { ACTIVE_STATES, type MaintenanceMode, toNumber } from '../../../api/index.ts';
import type { MaintainedHost, MaintenanceReply } from '../../../api/views/agents.ts';
import type { ReadStores } from '../../storage/index.ts';
import { hostTask } from './host-rows.ts';
import { policyText } from './policy-text.ts';
import type { View } from './view-settings.ts';
import { type WaitsOn, waitsById } from './waits-for.ts';

/** Most hosts in one reply, and most tasks for each of them. */
const MOST_HOSTS = 200;
const MOST_TASKS = 100;

const RANK: Readonly<Record<MaintenanceMode, number>> = { DRAINING: 0, DRAINED: 1, SCHEDULED: 2, NONE: 3 };

function maintained(stores: ReadStores, host: string, mode: string, waitsOn: WaitsOn): MaintainedHost {
  const request = stores.maintenance.get(host);
  const waits = waitsById(waitsOn(host));
  const tasks = stores.tasks.onHost(host).filter(({ status }) => ACTIVE_STATES.has(status));
  const sinceMs = request && toNumber(request.createdTimestampMs);
  return {
    host,
    mode,
    ...(request && sinceMs !== undefined
      ? {
          sinceMs,
          deadlineMs: sinceMs + toNumber(request.timeoutSecs) * 1000,
          policy: policyText(request.defaultSlaPolicy),
        }
      : {}),
    tasks: tasks.slice(0, MOST_TASKS).map((task) => hostTask(task, waits.get(task.assignedTask.taskId))),
  };
}

/** Hosts that are out of service or on their way there, with those that are draining first. */
export const maintenanceView: View = ({ storage, waitsOn }): MaintenanceReply =>
  storage.read((stores) => ({
    hosts: [...stores.modes.all()]
      .filter(([, mode]) => mode !== 'NONE')
      .sort(([a, left], [b, right]) => RANK[left] - RANK[right] || (a < b ? -1 : 1))
      .slice(0, MOST_HOSTS)
      .map(([host, mode]) => maintained(stores, host, mode, waitsOn)),
  }));
