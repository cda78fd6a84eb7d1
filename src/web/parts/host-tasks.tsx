import type { HostTask } from '../../api/views/agents.ts';
import { amountsText } from '../text/amounts.ts';
import { instancePath } from '../text/paths.ts';
import { State } from './state.tsx';
import { Table, type TableColumn } from './table.tsx';
import { Since } from './time.tsx';

const COLUMNS: readonly TableColumn<HostTask>[] = [
  {
    head: 'Instance',
    wide: true,
    cell: ({ instance, job }) => <a href={instancePath(job, instance)}>{`${job}/${instance}`}</a>,
  },
  { head: 'State', cell: ({ status }) => <State state={status} /> },
  { head: 'For', number: true, cell: ({ sinceMs }) => <Since atMs={sinceMs} /> },
  { head: 'Has', minor: true, cell: ({ used }) => amountsText(used) },
];

/** Tasks on a host; while it is being drained, also what they wait for. */
export function HostTasks({ tasks }: { readonly tasks: readonly HostTask[] }) {
  const isDrained = tasks.some(({ waitsFor }) => waitsFor !== undefined);
  const waits: TableColumn<HostTask> = { head: 'Waits for', cell: ({ waitsFor }) => waitsFor };
  return (
    <Table
      label="tasks on the host"
      rows={tasks}
      keyOf={({ taskId }) => taskId}
      columns={isDrained ? [...COLUMNS, waits] : COLUMNS}
    />
  );
}
