import type { Can } from '../../api/views/shared.ts';
import type { UpdateRow } from '../../api/views/updates.ts';
import { session } from '../data/first-view.ts';
import { updatePath } from '../text/paths.ts';
import { updateWrites } from '../writes/update-writes.ts';
import { Bar } from './bar.tsx';
import { State } from './state.tsx';
import type { TableColumn } from './table.tsx';
import { Since, Time } from './time.tsx';
import { WriteButtons } from './write-buttons.tsx';

/** The progress of an update. */
export function Progress({ row: { done, failed, total } }: { readonly row: UpdateRow }) {
  return (
    <span class="progress">
      <Bar isGoal value={done} of={Math.max(total, 1)} label={`${done} of ${total} instances`} />
      <span class="number">
        {done}/{total}
      </span>
      {failed > 0 && <b class="bad">{failed} failed</b>}
    </span>
  );
}

/** The update in progress, shown above everything else about its job. */
export function UpdateBanner({ can, row }: { readonly row: UpdateRow; readonly can: Can }) {
  return (
    <div class="notice busy">
      <p>
        <a href={updatePath(row.job, row.id)}>
          <State state={row.status} />
        </a>{' '}
        by <b>{row.user}</b>, for <Since atMs={row.createdMs} />
        {row.message && <span class="said"> “{row.message}”</span>}
      </p>
      <Progress row={row} />
      <WriteButtons can={can} writes={updateWrites(session.cluster, row, true)} />
    </div>
  );
}

const short = (id: string): string => (id.length > 8 ? id.slice(0, 8) : id);

/** Columns of lists of updates. */
export const UPDATE_COLUMNS: readonly TableColumn<UpdateRow>[] = [
  {
    head: 'Update',
    cell: ({ id, job }) => (
      <a href={updatePath(job, id)} title={id}>
        <code>{short(id)}</code>
      </a>
    ),
  },
  { head: 'Status', sort: 'status', cell: ({ status }) => <State state={status} /> },
  { head: 'Instances', cell: (row) => <Progress row={row} /> },
  { head: 'By', sort: 'user', cell: ({ user }) => user },
  { head: 'Message', wide: true, minor: true, cell: ({ message }) => message },
  { head: 'Started', sort: 'started', number: true, cell: ({ createdMs }) => <Time atMs={createdMs} /> },
  {
    head: 'Changed',
    sort: 'changed',
    number: true,
    minor: true,
    cell: ({ modifiedMs }) => <Time atMs={modifiedMs} />,
  },
];
