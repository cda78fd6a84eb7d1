import type { MaintenanceMode, SlaPolicy, Wire } from '../../../api/index.ts';
import { ACTIVE_STATES, normalise, toNumber } from '../../../api/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { AuroraError, messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
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
  readonly log: Logger;
}

/** Policy for drainHosts: nothing holds a task back. */
const NOW: SlaPolicy = { percentageSlaPolicy: { percentage: 0, durationSecs: 0 } };
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
export function maintenanceCalls({ storage, state, clock, drains, log }: MaintenanceCallsSettings) {
  const setModes = (
    tx: WriteTransaction,
    hosts: readonly string[],
    modeOf: (host: string) => MaintenanceMode,
  ) => {
    for (const host of hosts) if (isKnown(tx, host)) state.setHostMode(tx, host, modeOf(host));
  };
  const request = (tx: WriteTransaction, host: string, defaultSlaPolicy: SlaPolicy, timeoutSecs: number) => {
    tx.maintenance.save({ host, defaultSlaPolicy, timeoutSecs, createdTimestampMs: clock.nowMs() });
    tx.afterCommit(() => drains.requestChanged(host));
  };
  const isEmpty = ({ tasks }: ReadStores, host: string) =>
    !tasks.onHost(host).some(({ status }) => ACTIVE_STATES.has(status));
  /**
   * A task may have been placed on the host before its new mode was known to scheduling; then the host is drained after
   * all.
   */
  const stillEmpty = (host: string, policy: SlaPolicy) => {
    if (storage.read((stores) => stores.modes.of(host) !== 'DRAINED' || isEmpty(stores, host))) return;
    storage
      .write((tx) => {
        request(tx, host, policy, 0);
        state.setHostMode(tx, host, 'DRAINING');
      })
      .catch((error) =>
        log.error({ host, error: messageOf(error) }, 'a host that is not empty stays DRAINED'),
      );
  };
  const drain = (
    hosts: readonly string[],
    policy: SlaPolicy,
    timeoutSecs: number,
    modeOf: (tx: WriteTransaction, host: string) => MaintenanceMode,
  ) =>
    storage.write((tx) => {
      for (const host of hosts) {
        if (!isKnown(tx, host)) continue;
        if (modeOf(tx, host) === 'DRAINING') request(tx, host, policy, timeoutSecs);
        state.setHostMode(tx, host, modeOf(tx, host));
        if (tx.modes.of(host) === 'DRAINED')
          tx.afterCommit(() => clock.after(0, () => stillEmpty(host, policy)));
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
      drain(hostNames(hosts), NOW, 0, (tx, host) => (isEmpty(tx, host) ? 'DRAINED' : 'DRAINING')),
    slaDrainHosts({ hosts, defaultSlaPolicy, timeoutSecs }) {
      const seconds = toNumber(timeoutSecs ?? -1);
      if (!(seconds >= 0)) throw new AuroraError('API', 'timeoutSecs is needed, and may not be negative');
      const policy = defaultSlaPolicy ? normalise('SlaPolicy', defaultSlaPolicy) : CAREFUL;
      return drain(hostNames(hosts), policy, seconds, () => 'DRAINING');
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
