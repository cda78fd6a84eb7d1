import type { UpdateRow, UpdatesReply } from '../../api/views/updates.ts';
import { session } from '../data/first-view.ts';
import { Command } from '../parts/copy.tsx';
import { Filter } from '../parts/filter.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { Pages } from '../parts/pages.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { UPDATE_COLUMNS } from '../parts/update-line.tsx';
import { jobPath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

const JOB: TableColumn<UpdateRow> = {
  head: 'Job',
  sort: 'job',
  cell: ({ job }) => <a href={jobPath(job)}>{job}</a>,
};

/** The screen of updates: those in progress, including paused ones, and those that are over. */
export function UpdatesScreen({ at, view: { active, rows, total } }: ScreenProps<UpdatesReply>) {
  const isFiltered = Boolean(at.query.q || at.query.status || at.query.user || at.query.role);
  return (
    <>
      <Section title={`In progress (${active.length})`} aside={<Filter label="filter: job or id" />}>
        {active.length > 0 ? (
          <Table
            label="updates in progress"
            rows={active}
            keyOf={({ id, job }) => `${job} ${id}`}
            columns={[JOB, ...UPDATE_COLUMNS].map(({ sort: _, ...column }) => column)}
          />
        ) : (
          <Empty>
            <p>No update is in progress{isFiltered ? ' that fits the filter' : ''}. This starts one:</p>
            <Command text={`aurora update start ${session.cluster}/ROLE/ENV/JOB FILE.aurora.ts`} />
          </Empty>
        )}
      </Section>
      <Section title="Over">
        {rows.length > 0 ? (
          <Table
            label="updates that are over"
            rows={rows}
            keyOf={({ id, job }) => `${job} ${id}`}
            columns={[JOB, ...UPDATE_COLUMNS]}
            sorted={['changed', 'desc']}
          />
        ) : (
          <Empty>No update {isFiltered ? 'that is over fits the filter' : 'is over yet'}.</Empty>
        )}
        <Pages total={total} shown={rows.length} noun={total === 1 ? 'update' : 'updates'} />
      </Section>
    </>
  );
}
