import type { ResourcesFields } from '../fields/resources.ts';
import type * as Fields from '../fields/task.ts';
import type { Process } from './builders-processes.ts';
import type { Constraint, Task } from './builders-tasks.ts';
import { callSite } from './call-site.ts';
import { type AnyValue, type Bindings, build, buildSequential, fieldsOf, META, metaOf } from './value.ts';

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
 * One task that does what several do, side by side: all processes and orders, and the sum of the resources. Name,
 * limits and bindings are those of the last task unless `changes` says otherwise.
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
 * before. Resources are the largest of each kind, and the waits add up. Name, limits and bindings are those of the last
 * task.
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
  const task = build('Task', fields, at, []) as unknown as Task;
  return last ? task.bind(...[...last[META].binds].reverse()) : task;
}

/**
 * Carries the bindings of a task over to the values that can reach them, so that these mean the same in the merged
 * task. Other bindings are not carried, so that a process which several tasks share stays the same in all of them.
 */
const carried = <T extends AnyValue>(task: Task, values: readonly T[]): readonly T[] =>
  values.map((value) => {
    const outer = reached(value, task[META].binds);
    if (outer.length === 0) return value;
    const bare = build(value[META].struct, fieldsOf(value), undefined, []);
    const own = [...value[META].binds].reverse();
    return (bare as AnyValue & { bind(...binds: readonly object[]): T }).bind(
      ...[...outer].reverse(),
      ...own,
    );
  });

const REFERENCE_HEAD = /\{\{&*\.?([A-Za-z_]\w*)/g;
/** A reference whose name is composed of other references; it may refer to anything. */
const NESTED = /\{\{[^{}]*\{\{/;

/** The bindings that a value's texts refer to, directly or through other bindings. */
function reached(value: AnyValue, binds: readonly Bindings[]): readonly Bindings[] {
  const text = fingerprint(value);
  if (!text.includes('{{')) return [];
  if (NESTED.test(text)) return binds;
  const heads = new Set<string>();
  const read = (part: string) => {
    for (const [, head] of part.matchAll(REFERENCE_HEAD)) heads.add(head as string);
  };
  read(text);
  const isReached = (name: string) => heads.has(name.split(/[.[]/, 1)[0] as string);
  for (let known = -1; known < heads.size; ) {
    known = heads.size;
    for (const bind of binds)
      for (const name of Object.keys(bind)) if (isReached(name)) read(fingerprint(bind[name]) ?? '');
  }
  return binds
    .map((bind) =>
      metaOf(bind) ? bind : Object.fromEntries(Object.entries(bind).filter(([name]) => isReached(name))),
    )
    .filter((bind) => Object.keys(bind).length > 0);
}

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
): ResourcesFields {
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
