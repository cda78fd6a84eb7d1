import type { JobUpdateInstructions, ScheduledTask, TaskConfig, Wire } from '../../api/index.ts';
import { refused } from '../jobs/job-refusal.ts';
import { configKey } from '../storage/canonical.ts';
import type { ReadStores } from '../storage/index.ts';
import { rangesOf } from './instances.ts';
import type { UpdateRequest } from './update-request.ts';

/** What a request would change about a job's instances. */
export interface JobDiff {
  /** The active tasks that would be replaced, removed and kept, by instance id. */
  readonly replaced: ReadonlyMap<number, ScheduledTask>;
  readonly removed: ReadonlyMap<number, ScheduledTask>;
  readonly unchanged: ReadonlyMap<number, ScheduledTask>;
  /** Ids of instances that do not exist yet. */
  readonly added: readonly number[];
}

/** Most ids that a refusal lists. */
const NAMED_IDS = 100;

/** Refuses instance ids that exist neither in the job nor in the update. */
function checkScope(
  { config, settings: { updateOnlyTheseInstances: scope }, instanceCount }: UpdateRequest,
  active: ReadonlyMap<number, unknown>,
): void {
  const outside: number[] = [];
  for (const { first, last } of scope)
    for (let id = first; id <= last && outside.length <= NAMED_IDS; id++)
      if (!active.has(id) && !(id >= 0 && id < instanceCount)) outside.push(id);
  if (outside.length === 0) return;
  const more = outside.length > NAMED_IDS ? ', ...' : '';
  throw refused(
    `Instances that neither job ${config.job.name} nor the update has: ${outside.slice(0, NAMED_IDS).join(', ')}${more}`,
  );
}

/**
 * Compares the job's active tasks with the request. Source: the original's JobDiff.
 * @throws AuroraError BAD_PARAMETER when the request names instances that are in neither.
 */
export function jobDiff(stores: ReadStores, request: UpdateRequest): JobDiff {
  const { config, instanceCount, settings } = request;
  const active = new Map(
    stores.tasks.activeOf(config.job).map((task) => [task.assignedTask.instanceId, task] as const),
  );
  checkScope(request, active);
  const scope = settings.updateOnlyTheseInstances;
  const inScope = (id: number) =>
    scope.length === 0 || scope.some(({ first, last }) => id >= first && id <= last);
  const key = configKey(config);
  const replaced = new Map<number, ScheduledTask>();
  const removed = new Map<number, ScheduledTask>();
  const unchanged = new Map<number, ScheduledTask>();
  for (const [id, task] of active) {
    if (!inScope(id)) unchanged.set(id, task);
    else if (id >= instanceCount) removed.set(id, task);
    else if (configKey(task.assignedTask.task) !== key) replaced.set(id, task);
    else unchanged.set(id, task);
  }
  const added: number[] = [];
  for (let id = 0; id < instanceCount; id++) if (!active.has(id) && inScope(id)) added.push(id);
  return { replaced, removed, unchanged, added };
}

export const isUnchanged = ({ added, removed, replaced }: JobDiff): boolean =>
  added.length === 0 && removed.size === 0 && replaced.size === 0;

/** Groups instances by their configuration. */
export function configGroups(
  tasks: Iterable<readonly [id: number, task: ScheduledTask]>,
): { readonly config: TaskConfig; readonly ids: readonly number[] }[] {
  const groups = new Map<string, { config: TaskConfig; ids: number[] }>();
  for (const [id, { assignedTask }] of tasks) {
    const key = configKey(assignedTask.task);
    const known = groups.get(key);
    if (known) known.ids.push(id);
    else groups.set(key, { config: assignedTask.task, ids: [id] });
  }
  return [...groups.values()];
}

/** The instructions to store for an update with this request. */
export function instructionsOf({ config, settings }: UpdateRequest, diff: JobDiff): JobUpdateInstructions {
  const initialState = configGroups([...diff.replaced, ...diff.removed]).map((group) => ({
    task: group.config,
    instances: rangesOf(group.ids),
  }));
  const next = [...diff.added, ...diff.replaced.keys()];
  if (next.length === 0) return { initialState, settings };
  return { initialState, desiredState: { task: config, instances: rangesOf(next) }, settings };
}

const wireGroups = (tasks: Iterable<readonly [number, ScheduledTask]>): Wire<'ConfigGroup'>[] =>
  configGroups(tasks).map(({ config, ids }) => ({ config, instances: rangesOf(ids) }));

/** The diff as getJobUpdateDiff returns it. */
export const wireDiff = ({ config }: UpdateRequest, diff: JobDiff): Wire<'GetJobUpdateDiffResult'> => ({
  add: diff.added.length === 0 ? [] : [{ config, instances: rangesOf(diff.added) }],
  remove: wireGroups(diff.removed),
  update: wireGroups(diff.replaced),
  unchanged: wireGroups(diff.unchanged),
});
