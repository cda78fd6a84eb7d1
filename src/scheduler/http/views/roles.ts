import { ENUMS, type ScheduleStatus } from '../../../api/index.ts';
import type { ClusterState, FailingJob, RoleRow, RolesReply } from '../../../api/views/cluster.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { STATUSES } from '../../updater/statuses.ts';
import type { KeptRow } from './job-row.ts';
import { listed, matcher } from './list-query.ts';
import type { RoleJobs } from './role-jobs.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** A job counts as failing for this long after a failure. */
const FAILING_MS = 3_600_000;
const MOST_FAILING = 10;

const STATUS_NAMES = Object.keys(ENUMS.ScheduleStatus) as ScheduleStatus[];

const isFailing = ({ failure }: KeptRow, nowMs: number): boolean =>
  failure !== undefined && nowMs - failure.atMs < FAILING_MS;

/** Whether the update is changing instances at the moment; any other active update waits for somebody. */
const isWorking = (status: string): boolean => STATUSES[status as keyof typeof STATUSES]?.working === true;

function roleRow({ failed, role, sums }: RoleJobs, nowMs: number): RoleRow {
  let failing = 0;
  for (const row of failed) if (isFailing(row, nowMs)) failing++;
  return { role, ...sums, failing };
}

function agentCounts({ storage }: ViewWorld): ClusterState['agents'] {
  return storage.read(({ hosts, modes }) => {
    const counts = { known: hosts.size, scheduled: 0, draining: 0, drained: 0 };
    for (const [, mode] of modes.all()) {
      if (mode === 'SCHEDULED') counts.scheduled++;
      else if (mode === 'DRAINING') counts.draining++;
      else if (mode === 'DRAINED') counts.drained++;
    }
    return counts;
  });
}

function clusterState(world: ViewWorld, roles: readonly RoleJobs[], nowMs: number): ClusterState {
  const { pending, storage } = world;
  const tasks: Record<string, number> = {};
  for (const status of STATUS_NAMES) {
    const count = storage.read((stores) => stores.tasks.countInStatus(status));
    if (count > 0) tasks[status] = count;
  }
  const failing: KeptRow[] = [];
  let [jobs, crons, working, active] = [0, 0, 0, 0];
  for (const { failed, sums, updating } of roles) {
    jobs += sums.jobs;
    crons += sums.crons;
    active += updating.size;
    for (const { update } of updating) if (update && isWorking(update.status)) working++;
    for (const row of failed) if (isFailing(row, nowMs)) failing.push(row);
  }
  return {
    tasks,
    jobs,
    crons,
    agents: agentCounts(world),
    pendingGroups: pending.groups().length,
    updates: { working, halted: active - working },
    failing: failing
      .sort((a, b) => (b.failure?.atMs ?? 0) - (a.failure?.atMs ?? 0))
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
  const roles = await world.rows.roles();
  const fits = matcher(query.q);
  const shown = roles.filter(({ role }) => fits(role)).map((jobs) => roleRow(jobs, nowMs));
  return {
    cluster: clusterState(world, roles, nowMs),
    ...listed(shown, COLUMNS, { sort: 'role', ...query }),
  };
};
