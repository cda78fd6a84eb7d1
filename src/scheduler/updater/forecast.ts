import type { TaskConfig, Wire } from '../../api/index.ts';
import { fits } from '../offers/resource-bag.ts';
import type { PendingView } from '../scheduling/nearest-fit-view.ts';
import type { TaskRequest } from '../scheduling/task-request.ts';
import { canonicalText } from '../storage/canonical.ts';
import type { JobDiff } from './job-diff.ts';

const constraintsText = ({ constraints }: TaskConfig): string =>
  constraints
    .map((constraint) => canonicalText('Constraint', constraint))
    .sort()
    .join();

/** Whether a task of configuration `next` can replace one of `old` on its agent, using only what that one frees. */
export function fitsInPlace(
  requestOf: (config: TaskConfig) => TaskRequest,
  old: TaskConfig,
  next: TaskConfig,
): boolean {
  return fits(requestOf(next).total, requestOf(old).total) && constraintsText(old) === constraintsText(next);
}

/**
 * Predicts how many new tasks of an update could be placed now, on free resources or in place of the tasks they
 * replace.
 */
export async function forecast(
  pending: PendingView,
  config: TaskConfig,
  diff: JobDiff,
): Promise<Wire<'PlacementForecast'> & { readonly wanted: number; readonly fitting: number }> {
  const wanted = diff.added.length + diff.replaced.size;
  const offered = await pending.room(config, wanted);
  const olds = new Map<TaskConfig, boolean>();
  let canStay = 0;
  for (const { assignedTask } of diff.replaced.values()) {
    const old = assignedTask.task;
    const isRoom = olds.get(old) ?? fitsInPlace(pending.requestOf, old, config);
    olds.set(old, isRoom);
    if (isRoom && assignedTask.slaveId !== undefined) canStay++;
  }
  const inPlace = Math.min(wanted - offered, canStay);
  return { wanted, fitting: offered + inPlace, inPlace };
}
