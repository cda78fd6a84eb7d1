import { ENUMS } from '../api/index.ts';

import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { UPDATE_GROUPS, type UpdateFilter } from './update-filter.ts';
import { isoText, summariesIn, type UpdateStatus, type UpdateSummary, utcText } from './updates.ts';

export interface ListUpdates {
  /** Names of states or of groups of states; an empty list means all. */
  readonly statuses: readonly string[];
  readonly user?: string | undefined;
  readonly json: boolean;
}

/**
 * The columns of the table and their widths; longer values are not cut. Source: the original; scripts read columns 2
 * and 3.
 */
const COLUMNS = [
  ['JOB', 47],
  ['UPDATE ID', 36],
  ['STATUS', 15],
  ['CREATED BY', 11],
  ['STARTED', 19],
  ['LAST MODIFIED', 19],
] as const;

/** Prints the updates that match a filter, in the scheduler's order. Throws API when it refuses. */
export async function listUpdates(
  session: Session,
  filter: UpdateFilter,
  { statuses, user, json }: ListUpdates,
): Promise<void> {
  const { cluster, role, environment, name } = filter;
  const jobKey = name === undefined ? undefined : { role, environment, name };
  const response = await schedulerOf(session, cluster).query('getJobUpdateSummaries', {
    jobUpdateQuery: {
      ...(jobKey ? { jobKey } : { role }),
      user,
      ...(statuses.length > 0 ? { updateStatuses: statesOf(statuses) } : {}),
    },
  });
  const summaries = summariesIn(requireOk(response, session.log)).filter(
    ({ key }) => environment === undefined || key?.job?.environment === environment,
  );
  const rows = summaries.map((summary) => rowOf(cluster, summary));
  session.give?.(summaries.map((summary) => ({ ...rowOf(cluster, summary), ...timesOf(summary) })));
  if (json) session.print(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length > 0) session.print(tableText(rows));
}

/** The states that the names stand for, each once, in the API's order. */
function statesOf(names: readonly string[]): readonly UpdateStatus[] {
  const meant = new Set<string>(names.flatMap((name) => [...(UPDATE_GROUPS[name] ?? [name])]));
  return (Object.keys(ENUMS.JobUpdateStatus) as UpdateStatus[]).filter((status) => meant.has(status));
}

const rowOf = (cluster: string, { key, user, state }: UpdateSummary) => ({
  job: jobKeyText({ cluster, ...(key?.job as Omit<ClusterJobKey, 'cluster'>) }),
  id: key?.id ?? '',
  user: user ?? '',
  started: utcText(state?.createdTimestampMs),
  last_modified: utcText(state?.lastModifiedTimestampMs),
  status: state?.status ?? '',
});

/** Times with their zone, which the old format lacks. */
const timesOf = ({ state }: UpdateSummary) => ({
  started: isoText(state?.createdTimestampMs),
  last_modified: isoText(state?.lastModifiedTimestampMs),
});

function tableText(rows: readonly ReturnType<typeof rowOf>[]): string {
  const line = (values: readonly string[]) =>
    `${COLUMNS.map(([, width], column) => (values[column] ?? '').padEnd(width)).join(' ')}\n`;
  return [
    line(COLUMNS.map(([name]) => name)),
    ...rows.map(({ job, id, status, user, started, last_modified }) =>
      line([job, id, status, user, started, last_modified]),
    ),
  ].join('');
}
