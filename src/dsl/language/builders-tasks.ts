import type { ResourcesFields, Resources as ResourcesValue } from '../fields/resources.ts';
import type * as Fields from '../fields/task.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/** What one instance needs of a machine: `Resources({ cpu: 0.5, ram: 128 * MB, disk: 1 * GB })`. */
export function Resources(fields: ResourcesFields): Resources {
  return build('Resources', fields, callSite(Resources), []) as unknown as Resources;
}
export type Resources = ResourcesValue;

/** The order of some processes; `order(a, b)` is shorter. */
export function Constraint(fields: Fields.ConstraintFields): Constraint {
  return build('Constraint', fields, callSite(Constraint), []) as unknown as Constraint;
}
export type Constraint = Fields.Constraint;

/** Processes, their order, and the resources that they share. Without an order all start together. */
export function Task(fields: Fields.TaskFields): Task {
  return build('Task', fields, callSite(Task), []) as unknown as Task;
}
export type Task = Fields.Task;
