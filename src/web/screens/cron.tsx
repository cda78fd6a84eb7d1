import type { CronReply } from '../../api/views/cron.ts';
import { session } from '../data/first-view.ts';
import { Command } from '../parts/copy.tsx';
import { Filter } from '../parts/filter.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { Pages } from '../parts/pages.tsx';
import { State } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { jobPath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

/** The screen of all cron jobs. */
export function CronScreen({ at, view: { rows, total } }: ScreenProps<CronReply>) {
  return (
    <Section title="Cron jobs" aside={<Filter label="filter: job" />}>
      {rows.length > 0 ? (
        <Table
          label="cron jobs"
          rows={rows}
          keyOf={({ job }) => job}
          sorted={['next', 'asc']}
          columns={[
            { head: 'Job', sort: 'job', wide: true, cell: ({ job }) => <a href={jobPath(job)}>{job}</a> },
            {
              head: 'Schedule',
              sort: 'schedule',
              cell: ({ problem, schedule, zone }) =>
                problem ? (
                  <span class="bad">{`${schedule}: ${problem}`}</span>
                ) : (
                  <>
                    <code>{schedule}</code> <span class="faint">{zone}</span>
                  </>
                ),
            },
            { head: 'Next', sort: 'next', cell: ({ nextMs }) => (nextMs ? <Time atMs={nextMs} /> : 'never') },
            {
              head: 'Last',
              cell: ({ last }) =>
                last ? (
                  <>
                    <State state={last.outcome} /> <Time atMs={last.atMs} />
                  </>
                ) : (
                  <span class="faint">not yet</span>
                ),
            },
            { head: 'Running', number: true, cell: ({ running }) => running || <span class="faint">0</span> },
            {
              head: 'Missed',
              number: true,
              minor: true,
              cell: ({ missed }) => (missed > 0 ? <b class="bad">{missed}</b> : <span class="faint">0</span>),
            },
          ]}
        />
      ) : at.query.q ? (
        <Empty>No cron job has “{at.query.q}” in its key.</Empty>
      ) : (
        <Empty>
          <p>No job runs by a schedule. A job with a cron schedule in its file becomes one by:</p>
          <Command text={`aurora cron schedule ${session.cluster}/ROLE/ENV/JOB FILE.aurora.ts`} />
        </Empty>
      )}
      <Pages total={total} shown={rows.length} noun={total === 1 ? 'cron job' : 'cron jobs'} />
    </Section>
  );
}
