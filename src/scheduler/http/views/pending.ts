import type { PendingReply, PendingRow } from '../../../api/views/pending.ts';
import type { PendingGroup } from '../../scheduling/nearest-fit-view.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { rangesText } from './config-shown.ts';
import { funnelShown } from './funnel-shown.ts';
import { listed, matcher } from './list-query.ts';
import { madeMs } from './task-times.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** Most rows in one reply, as each costs a look at every offer. */
const MOST_ROWS = 20;

interface Waiting {
  readonly group: PendingGroup;
  readonly instances: readonly number[];
  readonly sinceMs: number;
}

function waiting({ storage }: ViewWorld, group: PendingGroup): Waiting {
  const tasks = storage.read((stores) => group.taskIds.flatMap((id) => stores.tasks.get(id) ?? []));
  return {
    group,
    instances: tasks.map(({ assignedTask }) => assignedTask.instanceId),
    sinceMs: tasks.reduce((oldest, task) => Math.min(oldest, madeMs(task)), Number.POSITIVE_INFINITY),
  };
}

const COLUMNS = {
  job: ({ group }: Waiting) => jobKeyText(group.config.job),
  tasks: ({ instances }: Waiting) => instances.length,
  since: ({ sinceMs }: Waiting) => sinceMs,
};

/** Groups of pending tasks with the same configuration, and why they are not placed. */
export const pendingView: View = async (world, query): Promise<PendingReply> => {
  const { pending } = world;
  const fits = matcher(query.q);
  const groups = pending
    .groups()
    .filter(({ config }) => fits(jobKeyText(config.job)))
    .map((group) => waiting(world, group))
    // Drops groups whose tasks are all gone from the store by now, such as killed ones.
    .filter(({ instances }) => instances.length > 0);
  const size = Math.min(MOST_ROWS, Number(query.size) || MOST_ROWS);
  const part = listed(groups, COLUMNS, { sort: 'since', ...query, size: String(size) });
  const rows: PendingRow[] = [];
  for (const { group, instances, sinceMs } of part.rows)
    rows.push({
      job: jobKeyText(group.config.job),
      instances: rangesText(instances),
      count: instances.length,
      sinceMs,
      penaltyMs: group.penaltyMs,
      reasons: pending.reasons(group.config),
      funnel: funnelShown(await pending.funnel(group.config)),
    });
  return { ...part, rows, tasks: groups.reduce((sum, { instances }) => sum + instances.length, 0) };
};
