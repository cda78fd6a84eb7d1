import type { JobRow, JobsReply } from '../../api/views/jobs.ts';
import { session } from '../data/first-view.ts';
import { Command } from '../parts/copy.tsx';
import { Choices, Filter } from '../parts/filter.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { MiniStrip } from '../parts/mini-strip.tsx';
import { Pages } from '../parts/pages.tsx';
import { QuotaBars } from '../parts/quota-bars.tsx';
import { State } from '../parts/state.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { jobPath, rolePath, updatePath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

const KINDS = [
  ['', 'all'],
  ['service', 'services'],
  ['cron', 'cron jobs'],
  ['adhoc', 'ad hoc'],
] as const;

function columnsOf(role: string, withEnvironment: boolean): readonly TableColumn<JobRow>[] {
  const key = ({ environment, name }: JobRow) => `${role}/${environment}/${name}`;
  const environment: TableColumn<JobRow> = {
    head: 'Environment',
    sort: 'environment',
    cell: ({ environment: name }) => <a href={rolePath(role, name)}>{name}</a>,
  };
  return [
    {
      head: 'Job',
      sort: 'name',
      cell: (row) => (
        <>
          <a href={jobPath(key(row))}>{row.name}</a>
          {row.production && (
            <span class="prod" title={`production (tier ${row.tier})`}>
              {' '}
              ★<span class="unseen">production</span>
            </span>
          )}
        </>
      ),
    },
    ...(withEnvironment ? [environment] : []),
    { head: 'Type', sort: 'kind', minor: true, cell: ({ kind }) => kind },
    {
      head: 'Running',
      sort: 'running',
      number: true,
      cell: ({ counts, instances }) => `${counts.RUNNING ?? 0}/${instances}`,
    },
    { head: 'States', wide: true, cell: (row) => <MiniStrip counts={row.counts} /> },
    {
      head: 'Pending since',
      sort: 'waiting',
      cell: ({ oldestPendingMs }) => (oldestPendingMs === undefined ? null : <Time atMs={oldestPendingMs} />),
    },
    {
      head: 'Failed',
      sort: 'failed',
      number: true,
      minor: true,
      cell: ({ failed }) => (failed > 0 ? <b class="bad">{failed}</b> : <span class="faint">0</span>),
    },
    {
      head: 'Update',
      cell: (row) =>
        row.update ? (
          <a href={updatePath(key(row), row.update.id)}>
            <State state={row.update.status} />
          </a>
        ) : row.nextRunMs ? (
          <>
            runs <Time atMs={row.nextRunMs} />
          </>
        ) : null,
    },
    {
      head: 'Changed',
      sort: 'changed',
      number: true,
      minor: true,
      cell: ({ changedMs }) => <Time atMs={changedMs} />,
    },
  ];
}

/** The screen of a role, or of one of its environments: quota and jobs. */
export function RoleScreen({ at, view }: ScreenProps<JobsReply>) {
  const { environment, environments, quota, role, rows, total } = view;
  const isFiltered = Boolean(at.query.q || at.query.kind);
  return (
    <>
      <Section title="Quota">
        <QuotaBars row={quota} />
      </Section>
      {environments.length > 1 && (
        <nav class="choices" aria-label="environments">
          <a href={rolePath(role)} aria-current={environment === undefined ? 'true' : undefined}>
            all environments
          </a>
          {environments.map((name) => (
            <a
              key={name}
              href={rolePath(role, name)}
              aria-current={name === environment ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      )}
      <Section
        title="Jobs"
        aside={
          <>
            <Choices name="kind" label="type of job" values={KINDS} />
            <Filter label="filter: name, tier, environment, type" />
          </>
        }
      >
        {rows.length > 0 ? (
          <Table
            label="jobs"
            rows={rows}
            keyOf={(row) => `${row.environment}/${row.name}`}
            columns={columnsOf(role, environment === undefined)}
            sorted={['name', 'asc']}
          />
        ) : isFiltered ? (
          <Empty>No job here fits the filter.</Empty>
        ) : (
          <Empty>
            <p>No job is known here. This makes one:</p>
            <Command
              text={`aurora job create ${session.cluster}/${role}/${environment ?? 'devel'}/NAME FILE.aurora.ts`}
            />
          </Empty>
        )}
        <Pages total={total} shown={rows.length} noun={total === 1 ? 'job' : 'jobs'} />
      </Section>
    </>
  );
}
