import { ENUMS, type ScheduleStatus } from '../../../api/index.ts';
import type { ClusterState, FailingJob, RoleRow, RolesReply } from '../../../api/views/cluster.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { STATUSES } from '../../updater/statuses.ts';
import type { KeptRow } from './job-rows.ts';
import { listed, matcher } from './list-query.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** A job counts as failing for this long after a failure. */
const FAILING_MS = 3_600_000;
const MOST_FAILING = 10;

const STATUS_NAMES = Object.keys(ENUMS.ScheduleStatus) as ScheduleStatus[];

const isFailing = ({ failure }: KeptRow, nowMs: number): boolean =>
  failure !== undefined && nowMs - failure.atMs < FAILING_MS;

/** Whether the update is changing instances at the moment; any other active update waits for somebody. */
const isWorking = (status: string): boolean => STATUSES[status as keyof typeof STATUSES]?.working === true;

function roleRows(rows: readonly KeptRow[], nowMs: number): RoleRow[] {
  const roles = new Map<string, { -readonly [K in keyof RoleRow]: RoleRow[K] }>();
  for (const row of rows) {
    const { role } = row;
    const known = roles.get(role) ?? {
      role,
      jobs: 0,
      crons: 0,
      running: 0,
      pending: 0,
      updating: 0,
      failing: 0,
    };
    roles.set(role, known);
    known.jobs++;
    if (row.kind === 'cron') known.crons++;
    known.running += row.counts.RUNNING ?? 0;
    known.pending += (row.counts.PENDING ?? 0) + (row.counts.THROTTLED ?? 0);
    if (row.update) known.updating++;
    if (isFailing(row, nowMs)) known.failing++;
  }
  return [...roles.values()];
}

function agentCounts({ storage }: ViewWorld): ClusterState['agents'] {
  return storage.read(({ hosts, modes }) => {
    let known = 0;
    for (const _ of hosts.all()) known++;
    const counts = { known, scheduled: 0, draining: 0, drained: 0 };
    for (const [, mode] of modes.all()) {
      if (mode === 'SCHEDULED') counts.scheduled++;
      else if (mode === 'DRAINING') counts.draining++;
      else if (mode === 'DRAINED') counts.drained++;
    }
    return counts;
  });
}

function clusterState(world: ViewWorld, rows: readonly KeptRow[], nowMs: number): ClusterState {
  const { pending, storage } = world;
  const tasks: Record<string, number> = {};
  for (const status of STATUS_NAMES) {
    const count = storage.read((stores) => stores.tasks.countInStatus(status));
    if (count > 0) tasks[status] = count;
  }
  const failing = rows
    .filter((row) => isFailing(row, nowMs))
    .sort((a, b) => (b.failure?.atMs ?? 0) - (a.failure?.atMs ?? 0));
  const active = rows.flatMap(({ update }) => update ?? []);
  const working = active.filter(({ status }) => isWorking(status)).length;
  return {
    tasks,
    jobs: rows.length,
    crons: rows.filter(({ kind }) => kind === 'cron').length,
    agents: agentCounts(world),
    pendingGroups: pending.groups().length,
    updates: { working, halted: active.length - working },
    failing: failing
      .slice(0, MOST_FAILING)
      .map((row): FailingJob => ({ ...row.failure!, job: jobKeyText(row) })),
    failingTotal: failing.length,
  };
}

const COLUMNS = {
  role: ({ role }: RoleRow) => role,
  jobs: ({ jobs }: RoleRow) => jobs,
  crons: ({ crons }: RoleRow) => crons,
  running: ({ running }: RoleRow) => running,
  pending: ({ pending }: RoleRow) => pending,
  updating: ({ updating }: RoleRow) => updating,
  failing: ({ failing }: RoleRow) => failing,
};

/** The state of the cluster at a glance, and its roles. */
export const rolesView: View = async (world, query): Promise<RolesReply> => {
  const nowMs = world.clock.nowMs();
  const rows = await world.rows.all();
  const fits = matcher(query.q);
  const shown = roleRows(rows, nowMs).filter(({ role }) => fits(role));
  return {
    cluster: clusterState(world, rows, nowMs),
    ...listed(shown, COLUMNS, { sort: 'role', ...query }),
  };
};
