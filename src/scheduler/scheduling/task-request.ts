import type { TaskConfig } from '../../api/index.ts';
import { addBags, bagOf, EMPTY_BAG, type ResourceBag } from '../offers/resource-bag.ts';
import { type TaskConstraints, taskConstraints } from './constraints.ts';

/** What the tasks of one configuration ask of an offer, computed once. */
export interface TaskRequest {
  readonly config: TaskConfig;
  /** The task's own resources. */
  readonly task: ResourceBag;
  /** The executor's resources; only of types that the task itself uses. */
  readonly executor: ResourceBag;
  readonly total: ResourceBag;
  readonly portNames: readonly string[];
  readonly revocableTier: boolean;
  readonly constraints: TaskConstraints;
}

/** @param overhead resources of the executor that would run the task; empty for a task without an executor. */
export function taskRequest(config: TaskConfig, overhead: ResourceBag, revocableTier: boolean): TaskRequest {
  const task = bagOf(config.resources);
  const share = (type: keyof ResourceBag) => (task[type] > 0 ? overhead[type] : 0);
  const executor: ResourceBag = {
    ...EMPTY_BAG,
    cpus: share('cpus'),
    ramMb: share('ramMb'),
    diskMb: share('diskMb'),
    gpus: share('gpus'),
  };
  return {
    config,
    task,
    executor,
    total: addBags(task, executor),
    portNames: config.resources.flatMap(({ namedPort }) => namedPort ?? []),
    revocableTier,
    constraints: taskConstraints(config.constraints),
  };
}
