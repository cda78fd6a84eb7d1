import type { JobRow, JobsReply } from '../../../api/views/jobs.ts';
import type { KeptRow } from './job-row.ts';
import { type Columns, listed, matcher } from './list-query.ts';
import { requiredText } from './required-names.ts';
import { notFound } from './view-refusal.ts';
import type { View, ViewQuery, ViewWorld } from './view-settings.ts';

const count = (status: string) => (row: KeptRow) => row.counts[status] ?? 0;

const COLUMNS: Columns<KeptRow> = {
  name: ({ name }) => name,
  environment: ({ environment, name }) => `${environment}/${name}`,
  kind: ({ kind }) => kind,
  instances: ({ instances }) => instances,
  running: count('RUNNING'),
  pending: ({ counts }) => (counts.PENDING ?? 0) + (counts.THROTTLED ?? 0),
  failed: ({ failed }) => failed,
  finished: ({ finished }) => finished,
  changed: ({ changedMs }) => changedMs,
  waiting: ({ oldestPendingMs }) => oldestPendingMs,
};

/**
 * The filter box, as in the original: `q` matches a part of the name, or the beginning of tier, environment or kind.
 */
function boxFilter({ q, kind }: ViewQuery): (row: KeptRow) => boolean {
  const inName = matcher(q);
  const begins = (q ?? '').trim().toLowerCase();
  return (row) => {
    if (kind !== undefined && kind !== '' && row.kind !== kind) return false;
    return (
      inName(row.name) ||
      row.tier.startsWith(begins) ||
      row.environment.startsWith(begins) ||
      row.kind.startsWith(begins)
    );
  };
}

/** The row as it is sent: without the role, which is in the reply, and with the time of the next cron run as of now. */
export function sentRow({ nextCronRunMs, storage }: ViewWorld, { role, ...row }: KeptRow): JobRow {
  if (row.kind !== 'cron') return row;
  const { environment, name } = row;
  const job = storage.read(({ cronJobs }) => cronJobs.get({ role, environment, name }));
  const nextRunMs = job && nextCronRunMs(job);
  return nextRunMs === undefined ? row : { ...row, nextRunMs };
}

/** The jobs of a role, or of one of its environments. */
export const jobsView: View = async (world, query): Promise<JobsReply> => {
  const role = requiredText(query, 'role');
  const { environment = '' } = query;
  const all = await world.rows.ofRole(role);
  const quota = world.roleQuotas.of(role);
  if (all.length === 0 && !quota.quota) {
    const known = world.storage.read(({ tasks }) => new Set([...tasks.jobs()].map((job) => job.role)));
    const fits = matcher(role.slice(0, 3));
    throw notFound(
      `No job of role ${role} is known, and it has no quota.`,
      [...known].filter(fits).slice(0, 5),
    );
  }
  const fits = boxFilter(query);
  const rows = all.filter((row) => (environment === '' || row.environment === environment) && fits(row));
  const part = listed(rows, COLUMNS, { sort: 'name', ...query });
  return {
    role,
    ...(environment === '' ? {} : { environment }),
    environments: [...new Set(all.map((row) => row.environment))].sort(),
    quota,
    ...world.links.of('role', { cluster: world.clusterName, role }),
    ...part,
    rows: part.rows.map((row) => sentRow(world, row)),
  };
};
