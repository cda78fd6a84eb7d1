import type { Int, Text } from '../language/text.ts';
import type { Value } from '../language/value.ts';
import type { Process, ProcessFields } from './process.ts';
import type { Resources, ResourcesFields } from './resources.ts';

/** Fields of {@link Constraint}. */
export interface ConstraintFields {
  /** Names of processes of one task; each must have finished before the next one starts. */
  readonly order: readonly Text[];
}

/** The order of some processes; made by `order`. */
export type Constraint = Value<'Constraint', ConstraintFields>;

/** Fields of {@link Task}. */
export interface TaskFields {
  /**
   * Name of the task.
   * @default {{processes[0].name}}
   */
  readonly name?: Text | undefined;
  /** The processes, at least one. */
  readonly processes: readonly (Process | ProcessFields)[];
  /**
   * Which process waits for which: lists made by `order`. Processes without an order start together.
   * @default []
   */
  readonly constraints?: readonly (Constraint | ConstraintFields)[] | undefined;
  /** What one instance needs of a machine. */
  readonly resources: Resources | ResourcesFields;
  /**
   * Ordinary processes that have to fail for good before the task has failed; 0 is never.
   * @default 1
   */
  readonly maxFailures?: Int | undefined;
  /**
   * Processes that may run at the same time; 0 is no limit.
   * @default 0
   */
  readonly maxConcurrency?: Int | undefined;
  /**
   * Seconds for stopping and for the final processes. A task that is killed has one minute, regardless of this value.
   * @default 30
   */
  readonly finalizationWait?: Int | undefined;
  /**
   * Accepted for old files; the user is always the job's role.
   * @default unset
   */
  readonly user?: Text | undefined;
}

/** What an instance does: processes, their order, and the resources that they share. */
export type Task = Value<'Task', TaskFields>;
