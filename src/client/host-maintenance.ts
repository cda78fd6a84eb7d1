import type { EnumValue, Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { tellAnswer } from './admin-answer.ts';
import { joinedMessages } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import type { SlaLimit } from './sla-limits.ts';

/** What the scheduler says about a host. */
export interface HostMode {
  readonly host: string;
  readonly mode: EnumValue<'MaintenanceMode'>;
}

const hostsOf = (hosts: readonly string[]) => ({ hosts: { hostNames: [...hosts] } });
const listed = (hosts: readonly string[]) => hosts.join(', ');

const modesIn = (statuses: readonly Wire<'HostStatus'>[] | undefined): readonly HostMode[] =>
  (statuses ?? []).map(({ host = '', mode = 'NONE' }) => ({ host, mode }));

function told(session: Session, what: string, response: Wire<'Response'>): Wire<'Result'> {
  if (tellAnswer(session, response)) return response.result ?? {};
  throw new AuroraError('API', `${what}: ${joinedMessages(response)}`);
}

/** Asks the scheduler to avoid hosts where it can; returns the hosts that it knows. Throws API. */
export async function deactivateHosts(
  session: Session,
  cluster: string,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const { log } = session;
  log.info({}, `Starting maintenance for: ${listed(hosts)}`);
  const response = await schedulerOf(session, cluster).once('startMaintenance', hostsOf(hosts));
  const { startMaintenanceResult } = told(session, 'The hosts were not taken out of service', response);
  const known = new Set(modesIn(startMaintenanceResult?.statuses).map(({ host }) => host));
  const unknown = hosts.filter((host) => !known.has(host));
  if (unknown.length > 0) log.warn({}, `Skipping maintenance for unknown hosts: ${listed(unknown)}`);
  return hosts.filter((host) => known.has(host));
}

/** Brings hosts back into service, and warns about those that did not come back. Throws API. */
export async function activateHosts(session: Session, cluster: string, hosts: readonly string[]) {
  session.log.info({}, `Ending maintenance for: ${listed(hosts)}`);
  const response = await schedulerOf(session, cluster).once('endMaintenance', hostsOf(hosts));
  told(session, 'The hosts were not brought back', response);
  for (const { host, mode } of await hostModes(session, cluster, hosts))
    if (mode !== 'NONE') session.log.warn({}, `${host} is DRAINING or in DRAINED`);
}

/** The modes of hosts; those that the scheduler does not know are left out. Throws API. */
export async function hostModes(
  session: Session,
  cluster: string,
  hosts: readonly string[],
): Promise<readonly HostMode[]> {
  session.log.info({}, `Maintenance status for: ${listed(hosts)}`);
  const response = await schedulerOf(session, cluster).query('maintenanceStatus', hostsOf(hosts));
  const { maintenanceStatusResult } = told(session, 'The hosts cannot be looked at', response);
  return modesIn(maintenanceStatusResult?.statuses);
}

/** Has hosts drained at once, regardless of their tasks' SLA policies. Throws API. */
export async function drainNow(session: Session, cluster: string, hosts: readonly string[]): Promise<void> {
  session.log.info({}, `Draining tasks on: ${listed(hosts)}`);
  const response = await schedulerOf(session, cluster).once('drainHosts', hostsOf(hosts));
  told(session, 'The hosts are not being drained', response);
}

/** Has the scheduler drain hosts as fast as SLA policies allow, and within `timeoutSecs` in any case. Throws API. */
export async function drainBySla(
  session: Session,
  cluster: string,
  {
    hosts,
    limit: { percentage, durationSecs },
    timeoutSecs,
  }: { readonly hosts: readonly string[]; readonly limit: SlaLimit; readonly timeoutSecs: number },
): Promise<readonly HostMode[]> {
  session.log.info({}, `Asking scheduler to drain tasks by SLA on: ${listed(hosts)}`);
  const response = await schedulerOf(session, cluster).once('slaDrainHosts', {
    ...hostsOf(hosts),
    defaultSlaPolicy: { percentageSlaPolicy: { percentage, durationSecs } },
    timeoutSecs,
  });
  const { drainHostsResult } = told(session, 'The hosts are not being drained', response);
  return modesIn(drainHostsResult?.statuses);
}
