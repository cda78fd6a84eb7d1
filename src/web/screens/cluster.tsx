import type { ClusterState, RoleRow, RolesReply } from '../../api/views/cluster.ts';
import { session } from '../data/first-view.ts';
import { starred } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { Command } from '../parts/copy.tsx';
import { Filter } from '../parts/filter.tsx';
import { Empty, Figure, Section } from '../parts/layout.tsx';
import { Pages } from '../parts/pages.tsx';
import { State, StateCount } from '../parts/state.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { countText, wholeText } from '../text/amounts.ts';
import { instancePath, jobPath, rolePath, taskPath } from '../text/paths.ts';
import { badness } from '../text/states.ts';
import type { ScreenProps } from './screen-props.ts';

/** Terminal states; ended tasks are history and do not say how the cluster is. */
const ENDED = new Set(['FINISHED', 'FAILED', 'KILLED', 'LOST']);

function Star({ role }: { readonly role: string }) {
  const names = useStore(starred);
  const isStarred = names.includes(role);
  const onClick = () => starred.set(isStarred ? names.filter((name) => name !== role) : [...names, role]);
  return (
    <button
      type="button"
      class="plain star"
      aria-pressed={isStarred}
      title={isStarred ? 'no longer first' : 'show this role first'}
      aria-label={`${role} first`}
      onClick={onClick}
    >
      {isStarred ? '★' : '☆'}
    </button>
  );
}

const some = (count: number, tone: string) =>
  count > 0 ? <b class={tone}>{wholeText(count)}</b> : <span class="faint">0</span>;

const COLUMNS: readonly TableColumn<RoleRow>[] = [
  {
    head: 'Role',
    sort: 'role',
    wide: true,
    cell: ({ role }) => (
      <>
        <Star role={role} /> <a href={rolePath(role)}>{role}</a>
      </>
    ),
  },
  { head: 'Jobs', sort: 'jobs', number: true, cell: ({ jobs }) => jobs },
  { head: 'Crons', sort: 'crons', number: true, minor: true, cell: ({ crons }) => some(crons, '') },
  { head: 'Running', sort: 'running', number: true, cell: ({ running }) => some(running, '') },
  { head: 'Pending', sort: 'pending', number: true, cell: ({ pending }) => some(pending, 'waiting') },
  {
    head: 'Updating',
    sort: 'updating',
    number: true,
    minor: true,
    cell: ({ updating }) => some(updating, 'busy'),
  },
  { head: 'Failing', sort: 'failing', number: true, cell: ({ failing }) => some(failing, 'bad') },
];

function Strip({ cluster }: { readonly cluster: ClusterState }) {
  const { agents, failingTotal, pendingGroups, tasks, updates } = cluster;
  const running = tasks.RUNNING ?? 0;
  const pending = (tasks.PENDING ?? 0) + (tasks.THROTTLED ?? 0);
  const out = agents.draining + agents.drained;
  return (
    <div class="cards">
      <Figure label={running === 1 ? 'task running' : 'tasks running'} tone="good">
        {wholeText(running)}
      </Figure>
      <Figure
        label={`pending in ${countText(pendingGroups, 'group')}`}
        href="/pending"
        tone={pending > 0 ? 'waiting' : ''}
      >
        {wholeText(pending)}
      </Figure>
      <Figure
        label={`${updates.working + updates.halted === 1 ? 'update' : 'updates'} in progress${updates.halted > 0 ? `, ${updates.halted} halted` : ''}`}
        href="/updates"
        tone={updates.halted > 0 ? 'waiting' : updates.working > 0 ? 'busy' : ''}
      >
        {updates.working + updates.halted}
      </Figure>
      <Figure label="jobs failing this hour" tone={failingTotal > 0 ? 'bad' : ''}>
        {failingTotal}
      </Figure>
      <Figure
        label={out > 0 ? `agents, ${out} out of service` : agents.known === 1 ? 'agent' : 'agents'}
        href="/agents/map"
        tone={agents.known === 0 ? 'bad' : ''}
      >
        {wholeText(agents.known)}
      </Figure>
    </div>
  );
}

function Failing({ cluster }: { readonly cluster: ClusterState }) {
  const { failing, failingTotal } = cluster;
  if (failing.length === 0) return null;
  return (
    <Section title={`Failing (${failingTotal})`}>
      <Table
        label="jobs whose tasks failed within the last hour"
        rows={failing}
        keyOf={({ job }) => job}
        columns={[
          { head: 'Job', cell: ({ job }) => <a href={jobPath(job)}>{job}</a> },
          {
            head: 'Instance',
            cell: ({ instance, job }) => <a href={instancePath(job, instance)}>{instance}</a>,
          },
          {
            head: 'How',
            cell: ({ job, status, taskId }) => (
              <a href={taskPath(job, taskId)} title={taskId}>
                <State state={status} />
              </a>
            ),
          },
          { head: 'Log', cell: ({ job, taskId }) => <a href={`${taskPath(job, taskId)}?show=log`}>log</a> },
          { head: 'When', cell: ({ atMs }) => <Time atMs={atMs} /> },
          { head: 'Message', wide: true, cell: ({ message }) => message },
        ]}
      />
    </Section>
  );
}

function FirstVisit() {
  return (
    <Empty>
      <h2>Nothing runs here yet</h2>
      <p>A job is described in a file and submitted from a terminal:</p>
      <p>
        <Command text={`aurora job create ${session.cluster}/$USER/devel/hello hello.aurora.ts`} />
      </p>
      <p>
        No file yet? <Command text="aurora init" /> writes one to begin with. As soon as the job is there it
        appears on this page by itself.
      </p>
    </Empty>
  );
}

/** The first screen: the cluster at a glance, then its roles. */
export function ClusterScreen({ at, view }: ScreenProps<RolesReply>) {
  const first = useStore(starred);
  const { cluster, rows, total } = view;
  const busy = Object.entries(cluster.tasks)
    .filter(([state]) => !ENDED.has(state))
    .sort(([a], [b]) => badness(a) - badness(b));
  const isFirstVisit = cluster.jobs === 0 && !at.query.q;
  const sorted = [...rows].sort((a, b) => Number(first.includes(b.role)) - Number(first.includes(a.role)));
  return (
    <>
      <h1 class="unseen">Cluster {session.cluster}</h1>
      <Strip cluster={cluster} />
      {busy.length > 0 && (
        <p class="states">
          {busy.map(([state, count]) => (
            <StateCount key={state} state={state} count={count} />
          ))}
        </p>
      )}
      {isFirstVisit ? (
        <FirstVisit />
      ) : (
        <>
          <Failing cluster={cluster} />
          <Section title="Roles" aside={<Filter label="filter roles" />}>
            {rows.length === 0 ? (
              <Empty>No role has “{at.query.q}” in its name.</Empty>
            ) : (
              <Table
                label="roles"
                rows={sorted}
                columns={COLUMNS}
                keyOf={({ role }) => role}
                sorted={['role', 'asc']}
              />
            )}
            <Pages total={total} shown={rows.length} noun={total === 1 ? 'role' : 'roles'} />
          </Section>
        </>
      )}
    </>
  );
}
