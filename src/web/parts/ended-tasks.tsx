import type { EndedTask } from '../../api/views/job.ts';
import { durationText } from '../text/durations.ts';
import { agentPath, instancePath, taskPath } from '../text/paths.ts';
import { State } from './state.tsx';
import { Table, type TableColumn } from './table.tsx';
import { Time } from './time.tsx';

type Row = EndedTask & { readonly job: string };

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    head: 'Instance',
    sort: 'instance',
    number: true,
    cell: ({ instance, job }) => <a href={instancePath(job, instance)}>{instance}</a>,
  },
  {
    head: 'Ended as',
    cell: ({ job, status, taskId }) => (
      <a href={taskPath(job, taskId)} title={taskId}>
        <State state={status} />
      </a>
    ),
  },
  {
    head: 'Log',
    cell: ({ host, job, taskId }) =>
      host === undefined ? null : <a href={`${taskPath(job, taskId)}?show=log`}>log</a>,
  },
  { head: 'When', sort: 'ended', number: true, cell: ({ endedMs }) => <Time atMs={endedMs} /> },
  {
    head: 'Ran for',
    number: true,
    cell: ({ endedMs, ranMs }) =>
      ranMs === undefined ? <span class="faint">never ran</span> : durationText(endedMs - ranMs),
  },
  {
    head: 'Host',
    minor: true,
    cell: ({ host }) => (host === undefined ? null : <a href={agentPath(host)}>{host}</a>),
  },
  { head: 'Message', wide: true, cell: ({ message }) => message },
];

const JOB: TableColumn<Row> = { head: 'Job', cell: ({ job }) => job };

/** A table of ended tasks. Without `job`, each row names its own job in a column. */
export function EndedTasks({
  job,
  rows,
}: {
  readonly rows: readonly (EndedTask & { readonly job?: string })[];
  readonly job?: string;
}) {
  const named = rows.map((row) => ({ ...row, job: row.job ?? job ?? '' }));
  return (
    <Table
      label="ended tasks"
      rows={named}
      keyOf={({ taskId }) => taskId}
      columns={job === undefined ? [JOB, ...COLUMNS.map(({ sort: _, ...column }) => column)] : COLUMNS}
    />
  );
}
