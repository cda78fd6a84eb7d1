import type * as Fields from '../fields/task.ts';
import type { Process } from './builders-processes.ts';
import type { Constraint, Task } from './builders-tasks.ts';
import { callSite } from './call-site.ts';
import { type AnyValue, build, buildSequential, fieldsOf, META } from './value.ts';

/**
 * Processes in order: each has to finish before the next one starts. Lists can be joined.
 *
 * @example constraints: [...order(fetch, serve), ...order(fetch, warmUp)]
 */
export function order(...processes: readonly (Process | string)[]): readonly Constraint[] {
  const names = processes.map(nameOf);
  return [build('Constraint', { order: names }, callSite(order), []) as unknown as Constraint];
}

const nameOf = (process: Process | string): string =>
  typeof process === 'string' ? process : String(process.name);

/**
 * A task whose processes run one after the other, in the order of the list; copies with other processes, too.
 *
 * @example SequentialTask({ processes: [fetch, serve], resources })
 */
export function SequentialTask(fields: Omit<Fields.TaskFields, 'constraints'>): Task {
  const given: Partial<Fields.TaskFields> = fields ?? {};
  if (given.constraints !== undefined)
    throw new TypeError('SequentialTask makes its own constraints; use Task to give others');
  return buildSequential({ ...given }, callSite(SequentialTask)) as unknown as Task;
}

/** A task with one process of the same name, with 1 core, 1 GB of memory and 1 GB of disk. */
export function SimpleTask(name: string, cmdline: string): Task {
  const processes = [{ name, cmdline }];
  const resources = { cpu: 1, ram: 2 ** 30, disk: 2 ** 30 };
  return build('Task', { name, processes, resources }, callSite(SimpleTask), []) as unknown as Task;
}

/**
 * One task that does what several do, side by side: all processes and orders, and the sum of the resources. Name and
 * limits are those of the last task unless `changes` says otherwise.
 */
export function combineTasks(tasks: readonly Task[], changes: Partial<Fields.TaskFields> = {}): Task {
  const merged = {
    processes: tasks.flatMap(processesOf).filter(firstOfItsKind),
    constraints: tasks.flatMap(constraintsOf).filter(firstOfItsKind),
    resources: mergedResources(tasks, (amounts) => amounts.reduce((sum, amount) => sum + amount, 0)),
    finalizationWait: Math.max(...tasks.map(waitOf)),
  };
  return mergedTask(tasks, merged, changes, callSite(combineTasks));
}

/**
 * One task that does what several do, one after the other: every process of a task waits for every process of the task
 * before. Resources are the largest of each kind, and the waits add up. Name and limits are those of the last task.
 */
export function concatTasks(tasks: readonly Task[], changes: Partial<Fields.TaskFields> = {}): Task {
  const steps = tasks.map(processesOf);
  const between = steps.flatMap((step, index) =>
    step.flatMap((before) =>
      (steps[index + 1] ?? [])
        .filter((after) => !alike(before, after))
        .map((after) => build('Constraint', { order: [before.name, after.name] }, undefined, [])),
    ),
  );
  const merged = {
    processes: steps.flat().filter(firstOfItsKind),
    constraints: [...tasks.flatMap(constraintsOf), ...between].filter(firstOfItsKind),
    resources: mergedResources(tasks, (amounts) => Math.max(...amounts)),
    finalizationWait: tasks.reduce((sum, task) => sum + waitOf(task), 0),
  };
  return mergedTask(tasks, merged, changes, callSite(concatTasks));
}

function mergedTask(
  tasks: readonly Task[],
  merged: object,
  changes: object,
  at: ReturnType<typeof callSite>,
): Task {
  const last = tasks.at(-1);
  const fields = last ? { ...fieldsOf(last), ...merged, ...changes } : changes;
  return build('Task', fields, at, []) as unknown as Task;
}

/** What a task's bindings meant inside it they still mean in the merged task. */
const carried = <T extends AnyValue>(task: Task, values: readonly T[]): readonly T[] =>
  task[META].binds.length === 0
    ? values
    : values.map((value) => {
        const own = [...value[META].binds].reverse();
        const outer = [...task[META].binds].reverse();
        const bare = build(value[META].struct, fieldsOf(value), undefined, []);
        return (bare as AnyValue & { bind(...binds: readonly object[]): T }).bind(...outer, ...own);
      });

const processesOf = (task: Task): readonly Process[] =>
  carried(task, (task.processes ?? []) as readonly Process[]);
const constraintsOf = (task: Task): readonly AnyValue[] =>
  carried(task, (task.constraints ?? []) as readonly AnyValue[]);
const waitOf = (task: Task): number => amountOf(task.finalizationWait ?? 30, 'finalizationWait');

const fingerprint = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && META in part
      ? { ...part, $binds: (part as AnyValue)[META].binds }
      : part,
  );
const alike = (left: unknown, right: unknown): boolean => fingerprint(left) === fingerprint(right);
const firstOfItsKind = (value: unknown, index: number, all: readonly unknown[]): boolean =>
  all.findIndex((other) => alike(other, value)) === index;

function mergedResources(
  tasks: readonly Task[],
  merge: (amounts: readonly number[]) => number,
): Fields.ResourcesFields {
  const all = tasks.map((task) => task.resources);
  const amount = (kind: 'cpu' | 'ram' | 'disk' | 'gpu') =>
    merge(all.map((resources) => amountOf(resources?.[kind] ?? 0, kind)));
  return { cpu: amount('cpu'), ram: amount('ram'), disk: amount('disk'), gpu: amount('gpu') };
}

function amountOf(given: unknown, what: string): number {
  const amount = Number(given);
  if (Number.isNaN(amount)) {
    throw new TypeError(`tasks can only be joined when ${what} is a number, not ${JSON.stringify(given)}`);
  }
  return amount;
}
