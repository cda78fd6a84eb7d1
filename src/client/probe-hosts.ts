import type { Grouping } from './host-groups.ts';
import { forecastLine, groupForecasts, productionJobs } from './hosts-down.ts';
import type { Session } from './session.ts';
import type { SlaLimit } from './sla-limits.ts';

export interface ProbeHosts {
  readonly cluster: string;
  readonly hosts: readonly string[];
  readonly grouping: Grouping;
  readonly limit: SlaLimit;
  /** Jobs with fewer tasks are ignored. */
  readonly minTasks: number;
}

/** Prints, for every production job on the hosts, how it would stand without them. Throws API. */
export async function probeHosts(session: Session, given: ProbeHosts): Promise<void> {
  const { cluster, hosts, grouping, limit } = given;
  const jobs = await productionJobs(session, cluster, given);
  const groups = [...groupForecasts(jobs, hosts, grouping, () => limit)];
  session.give?.(
    groups.flatMap((group) =>
      [...group].flatMap(([host, forecasts]) => forecasts.map((forecast) => ({ host, ...forecast }))),
    ),
  );
  for (const group of groups)
    for (const [host, forecasts] of group)
      session.print(forecasts.map((forecast) => forecastLine(host, forecast)).join(''));
}

export interface ListSafeHosts extends Omit<ProbeHosts, 'hosts'> {
  /** The only hosts to consider; undefined means all. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  /** Print a line for each job of a host. */
  readonly listJobs: boolean;
  /** The limits of individual jobs, by key. */
  readonly overrides: ReadonlyMap<string, SlaLimit>;
}

/** Prints the hosts that can go down without breaking the SLA of a production job. Throws API. */
export async function listSafeHosts(session: Session, given: ListSafeHosts): Promise<void> {
  const { cluster, include, exclude = [], grouping, limit, overrides, minTasks, listJobs } = given;
  const jobs = await productionJobs(session, cluster, { minTasks, hosts: include });
  const safe: object[] = [];
  const meant = include ? include.filter((host) => jobs.onHost.has(host)) : jobs.onHost.keys();
  for (const group of groupForecasts(jobs, meant, grouping, (job) => overrides.get(job) ?? limit)) {
    if ([...group.values()].some((forecasts) => forecasts.some(({ isSafe }) => !isSafe))) continue;
    for (const [host, forecasts] of group) {
      if (exclude.includes(host)) continue;
      safe.push(...(listJobs ? forecasts.map((forecast) => ({ host, ...forecast })) : [{ host }]));
      const rows = forecasts.map(
        ({ job, percentage, durationSecs }) => `${host}\t${job}\t${percentage.toFixed(2)}\t${durationSecs}\n`,
      );
      session.print(listJobs ? rows.join('') : `${host}\n`);
    }
  }
  session.give?.(safe);
}
