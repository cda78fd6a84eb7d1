import type { MaintenanceMode, SlaPolicy, Wire } from '../../../api/index.ts';
import { ACTIVE_STATES, normalise, toNumber } from '../../../api/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { AuroraError } from '../../../base/errors.ts';
import { isEmpty, requestDrain } from '../../maintenance/drainable.ts';
import type { Drains } from '../../maintenance/drains.ts';
import { deadlineMs } from '../../maintenance/job-drains.ts';
import type { StateManager } from '../../state/index.ts';
import type { ReadStores, Storage, WriteTransaction } from '../../storage/index.ts';
import type { Handlers, Outcome } from './outcome.ts';

export interface MaintenanceCallsSettings {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly clock: Clock;
  readonly drains: Drains;
}

/** Policy for slaDrainHosts when it names none: the one that the original's admin client sends. */
const CAREFUL: SlaPolicy = { percentageSlaPolicy: { percentage: 95, durationSecs: 1_800 } };

/** @throws AuroraError API */
function hostNames(hosts: Wire<'Hosts'> | undefined): readonly string[] {
  const names = [...(hosts?.hostNames ?? [])];
  if (names.length === 0) throw new AuroraError('API', 'at least one host is needed');
  return names;
}

const isKnown = (stores: ReadStores, host: string): boolean => stores.hosts.get(host) !== undefined;

const statusesOf = (stores: ReadStores, hosts: readonly string[]): Wire<'HostStatus'>[] =>
  hosts.filter((host) => isKnown(stores, host)).map((host) => ({ host, mode: stores.modes.of(host) }));

/** The active tasks that are still on a host, each with what holds it back. */
function drainStatus(
  { maintenance, tasks }: ReadStores,
  { host = '', mode = 'NONE' }: Wire<'HostStatus'>,
  drains: Drains,
): Wire<'HostDrainStatus'> {
  const request = maintenance.get(host);
  const waiting = new Map(drains.waitingOn(host).map(({ taskId, waitsFor }) => [taskId, waitsFor]));
  const left = tasks.onHost(host).filter(({ status }) => ACTIVE_STATES.has(status));
  return {
    host,
    mode,
    ...(request ? { deadlineMs: deadlineMs(request) } : {}),
    tasks: left.map(({ assignedTask: { taskId, instanceId, task }, status }) => {
      const waitsFor = waiting.get(taskId);
      return { taskId, job: task.job, instanceId, status, ...(waitsFor === undefined ? {} : { waitsFor }) };
    }),
  };
}

/**
 * Hosts on which no agent was ever seen are left out of the statuses, as in the original, and listed in the details.
 */
function outcomeOf(
  stores: ReadStores,
  hosts: readonly string[],
  result: (statuses: Wire<'HostStatus'>[]) => Wire<'Result'>,
): Outcome {
  const unknown = hosts.filter((host) => !isKnown(stores, host));
  return {
    code: 'OK',
    result: result(statusesOf(stores, hosts)),
    ...(unknown.length > 0 ? { details: [`Unknown hosts: ${unknown.join(', ')}`] } : {}),
    workload: hosts.length,
  };
}

/** Calls about the maintenance of hosts. Source of the rules: the original's MaintenanceController. */
export function maintenanceCalls({ storage, state, clock, drains }: MaintenanceCallsSettings) {
  const setModes = (
    tx: WriteTransaction,
    hosts: readonly string[],
    modeOf: (host: string) => MaintenanceMode,
  ) => {
    for (const host of hosts) if (isKnown(tx, host)) state.setHostMode(tx, host, modeOf(host));
  };
  const drain = (
    hosts: readonly string[],
    modeOf: (tx: WriteTransaction, host: string) => MaintenanceMode,
    request: (tx: WriteTransaction, host: string) => void,
  ) =>
    storage.write((tx) => {
      for (const host of hosts) {
        if (!isKnown(tx, host)) continue;
        const mode = modeOf(tx, host);
        if (mode === 'DRAINING') {
          request(tx, host);
          tx.afterCommit(() => drains.requestChanged(host));
        }
        state.setHostMode(tx, host, mode);
      }
      return outcomeOf(tx, hosts, (statuses) => ({ drainHostsResult: { statuses } }));
    });
  return {
    startMaintenance({ hosts }) {
      const names = hostNames(hosts);
      return storage.write((tx) => {
        setModes(tx, names, () => 'SCHEDULED');
        return outcomeOf(tx, names, (statuses) => ({ startMaintenanceResult: { statuses } }));
      });
    },
    drainHosts: ({ hosts }) =>
      drain(
        hostNames(hosts),
        (tx, host) => (isEmpty(tx, host) ? 'DRAINED' : 'DRAINING'),
        (tx, host) => requestDrain(tx, host, clock.nowMs()),
      ),
    slaDrainHosts({ hosts, defaultSlaPolicy, timeoutSecs }) {
      const seconds = toNumber(timeoutSecs ?? -1);
      if (!(seconds >= 0)) throw new AuroraError('API', 'timeoutSecs is needed, and may not be negative');
      const policy = defaultSlaPolicy ? normalise('SlaPolicy', defaultSlaPolicy) : CAREFUL;
      return drain(
        hostNames(hosts),
        () => 'DRAINING',
        ({ maintenance }, host) =>
          maintenance.save({
            host,
            defaultSlaPolicy: policy,
            timeoutSecs: seconds,
            createdTimestampMs: clock.nowMs(),
          }),
      );
    },
    maintenanceStatus({ hosts }) {
      const names = hostNames(hosts);
      return storage.read((stores) =>
        outcomeOf(stores, names, (statuses) => ({ maintenanceStatusResult: { statuses } })),
      );
    },
    getDrainStatus({ hosts }) {
      const names = hostNames(hosts);
      return storage.read((stores) =>
        outcomeOf(stores, names, (statuses) => ({
          drainStatusResult: { hosts: statuses.map((status) => drainStatus(stores, status, drains)) },
        })),
      );
    },
    endMaintenance({ hosts }) {
      const names = hostNames(hosts);
      return storage.write((tx) => {
        for (const host of names) tx.maintenance.delete(host);
        setModes(tx, names, () => 'NONE');
        return outcomeOf(tx, names, (statuses) => ({ endMaintenanceResult: { statuses } }));
      });
    },
  } satisfies Handlers;
}
