import type { InstanceColumns, JobReply } from '../../api/views/job.ts';
import type { Viewed } from '../../api/views/shared.ts';
import { session } from '../data/first-view.ts';
import { Configs } from '../parts/configs.tsx';
import { Command } from '../parts/copy.tsx';
import { CronFacts } from '../parts/cron-facts.tsx';
import { EndedTasks } from '../parts/ended-tasks.tsx';
import { Choices, Filter } from '../parts/filter.tsx';
import { Funnel } from '../parts/funnel.tsx';
import { Empty, Facts, Section } from '../parts/layout.tsx';
import { LogPanel, TAIL_LINES } from '../parts/log-panel.tsx';
import { Pages } from '../parts/pages.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { State } from '../parts/state.tsx';
import { Strip } from '../parts/strip.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Since } from '../parts/time.tsx';
import { UPDATE_COLUMNS, UpdateBanner } from '../parts/update-line.tsx';
import { WriteButtons } from '../parts/write-buttons.tsx';
import { countText } from '../text/amounts.ts';
import { durationText } from '../text/durations.ts';
import { type InstanceRow, instanceRows } from '../text/instance-rows.ts';
import { jobSentence } from '../text/job-sentence.ts';
import { agentPath, instancePath } from '../text/paths.ts';
import { isActiveUpdate } from '../text/states.ts';
import { addWrite, cronStartWrite, descheduleWrite, killWrite, restartWrite } from '../writes/job-writes.ts';
import type { Write } from '../writes/write.ts';
import type { ScreenProps } from './screen-props.ts';

const columnsOf = (job: string, configs: number): readonly TableColumn<InstanceRow>[] => [
  {
    head: 'Instance',
    sort: 'instance',
    number: true,
    cell: ({ id }) => <a href={instancePath(job, id)}>{id}</a>,
  },
  { head: 'State', sort: 'state', cell: ({ state }) => <State state={state} /> },
  { head: 'For', sort: 'since', number: true, cell: ({ sinceMs }) => <Since atMs={sinceMs} /> },
  {
    head: 'Host',
    sort: 'host',
    cell: ({ host }) => (host === '' ? <span class="faint">-</span> : <a href={agentPath(host)}>{host}</a>),
  },
  ...(configs > 1
    ? [
        {
          head: 'Config',
          number: true,
          cell: ({ config }: InstanceRow) => String.fromCharCode(65 + (config % 26)),
        },
      ]
    : []),
  {
    head: 'Failures',
    sort: 'failures',
    number: true,
    minor: true,
    cell: ({ failures }) => failures || <span class="faint">0</span>,
  },
  { head: 'Message', wide: true, cell: ({ message }) => message },
];

function Instances({
  at,
  instances,
  job,
  view,
}: {
  readonly at: ScreenProps<JobReply>['at'];
  readonly instances: InstanceColumns;
  readonly job: string;
  readonly view: JobReply;
}) {
  const { rows, total } = instanceRows(instances, at.query);
  const states = [...new Set(instances.state.map((state) => instances.states[state] as string))];
  return (
    <Section
      title={countText(instances.id.length, 'instance')}
      aside={
        instances.id.length > 10 && (
          <>
            {states.length > 1 && (
              <Choices
                name="state"
                label="state"
                values={[['', 'all'], ...states.map((state) => [state, state] as const)]}
              />
            )}
            <Filter label="filter: id, host, state" />
          </>
        )
      }
    >
      {rows.length > 0 ? (
        <Table
          label="instances"
          rows={rows}
          keyOf={({ id }) => String(id)}
          columns={columnsOf(job, view.configs.length)}
          sorted={['instance', 'asc']}
        />
      ) : (
        <Empty>
          {instances.id.length > 0
            ? 'No instance fits the filter.'
            : view.cron
              ? 'No run goes on. The next one starts by itself; its tasks appear here.'
              : 'No instance is active. Those that have ended are under “History”.'}
        </Empty>
      )}
      <Pages total={total} shown={rows.length} noun={total === 1 ? 'instance' : 'instances'} />
    </Section>
  );
}

function Waits({ view }: { readonly view: JobReply }) {
  return (
    <>
      {view.waits.map((wait) => (
        <Section key={wait.sinceMs} title={`Why ${countText(wait.count, 'task is', 'tasks are')} pending`}>
          <Funnel funnel={wait.funnel} />
        </Section>
      ))}
    </>
  );
}

function Uptimes({ running, uptimes }: Pick<JobReply, 'running' | 'uptimes'>) {
  if (uptimes.length === 0 && !running) return null;
  return (
    <Section title="Uptime">
      {running && <Sparkline running={running} />}
      <div class="cards small">
        {uptimes.map(([percent, ms]) => (
          <div class="card" key={percent}>
            <b class="figure">{ms > 0 ? durationText(ms) : '< 1m'}</b>
            <span>{percent} % of the instances run for this long at least</span>
          </div>
        ))}
      </div>
    </Section>
  );
}

/** The open tab. Addresses are the original's: `jobView=history`, and `taskView=config` within the status view. */
function tabOf({ jobView = '', taskView = '' }: Readonly<Record<string, string>>): string {
  if (jobView !== '' && jobView !== 'status') return jobView;
  return taskView === 'config' ? 'config' : 'status';
}

const jobWrites = (job: string, { cron, instances: { id: ids } }: JobReply): readonly Write[] => {
  const { cluster } = session;
  const written = { cluster, job, ids };
  return [
    ...(cron
      ? [cronStartWrite(cluster, job, ids.length, cron.collision), descheduleWrite(cluster, job)]
      : ids.length > 0
        ? [restartWrite(written), addWrite(written)]
        : []),
    ...(ids.length > 0 ? [killWrite(written)] : []),
  ];
};

/** The screen of a job. */
export function JobScreen({ at, view }: ScreenProps<JobReply & Viewed>) {
  const { configs, contact, cron, ended, instances, owner, role, row, updates, updatesTotal } = view;
  const job = `${role}/${row.environment}/${row.name}`;
  const active = updates.find(({ status }) => isActiveUpdate(status));
  const tab = tabOf(at.query);
  const names = instances.state.map((state) => instances.states[state] as string);
  return (
    <>
      <p class="sentence">{jobSentence(view)}</p>
      <WriteButtons can={view.can} writes={jobWrites(job, view)} />
      {active && <UpdateBanner row={active} can={view.can} />}
      <Strip ids={instances.id} states={names} hrefOf={(id) => instancePath(job, id)} />
      <Tabs
        name="jobView"
        open={tab}
        tabs={[
          ['status', 'Status'],
          ['log', 'Log'],
          ['history', `History (${ended.total})`],
          ['updates', `Updates (${updatesTotal})`],
          ['config', `Configuration${configs.length > 1 ? ` (${configs.length} groups)` : ''}`],
        ]}
      />
      {tab === 'status' && (
        <>
          {cron && (
            <Section title="Schedule">
              <CronFacts cron={cron} />
            </Section>
          )}
          <Waits view={view} />
          <Instances at={at} job={job} instances={instances} view={view} />
          <Uptimes {...view} />
          <Facts
            facts={[
              ['Type', row.kind],
              ['Tier', `${row.tier}${row.production ? ' (production)' : ''}`],
              owner !== undefined && ['Owner', owner],
              contact !== undefined && ['Contact', contact],
              ['Command line', <Command key="status" text={`aurora job status ${session.cluster}/${job}`} />],
            ]}
          />
        </>
      )}
      {tab === 'log' && (
        <LogPanel
          job={job}
          many
          request={{
            job: { role, environment: row.environment, name: row.name },
            which: 'live',
            tail: TAIL_LINES,
            follow: true,
          }}
        />
      )}
      {tab === 'history' && (
        <Section title="Ended tasks">
          {ended.rows.length > 0 ? (
            <EndedTasks rows={ended.rows} job={job} />
          ) : (
            <Empty>No task of this job has ended, or all that did have been forgotten.</Empty>
          )}
          <Pages total={ended.total} shown={ended.rows.length} noun="ended tasks" />
        </Section>
      )}
      {tab === 'updates' && (
        <Section title="Updates">
          {updates.length > 0 ? (
            <Table
              label="updates"
              rows={updates}
              keyOf={({ id }) => id}
              columns={UPDATE_COLUMNS.map(({ sort: _, ...column }) => column)}
            />
          ) : (
            <Empty>
              <p>This job was never updated. An update replaces its instances step by step:</p>
              <Command text={`aurora update start ${session.cluster}/${job} FILE.aurora.ts`} />
            </Empty>
          )}
        </Section>
      )}
      {tab === 'config' &&
        (configs.length > 0 ? (
          <Configs configs={configs} />
        ) : (
          <Empty>No instance is active, so there is no configuration in use.</Empty>
        ))}
    </>
  );
}
