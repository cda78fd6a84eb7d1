import type { ScheduledTask, TaskConfig } from '../../../api/index.ts';
import type { InstanceColumns } from '../../../api/views/job.ts';
import { sinceMs } from './task-times.ts';

/** Gives each distinct value a number, in order of first appearance; -1 for a missing or empty one. */
export function numbered<T>() {
  const places = new Map<T, number>();
  return {
    place(value: T | undefined): number {
      if (value === undefined || value === '') return -1;
      const known = places.get(value);
      if (known !== undefined) return known;
      places.set(value, places.size);
      return places.size - 1;
    },
    values: (): readonly T[] => [...places.keys()],
  };
}

/**
 * Packs tasks, sorted by instance, into columns. `configs` are the configurations that the column `config` refers to.
 */
export function instanceColumns(tasks: readonly ScheduledTask[]): {
  readonly columns: InstanceColumns;
  readonly configs: readonly TaskConfig[];
} {
  const [states, hosts, messages] = [numbered<string>(), numbered<string>(), numbered<string>()];
  const configs = numbered<TaskConfig>();
  const columns = {
    id: tasks.map(({ assignedTask }) => assignedTask.instanceId),
    state: tasks.map(({ status }) => states.place(status)),
    sinceMs: tasks.map(sinceMs),
    host: tasks.map(({ assignedTask }) => hosts.place(assignedTask.slaveHost)),
    config: tasks.map(({ assignedTask }) => configs.place(assignedTask.task)),
    message: tasks.map(({ taskEvents }) => messages.place(taskEvents.at(-1)?.message)),
    failures: tasks.map(({ failureCount }) => failureCount),
  };
  return {
    columns: { ...columns, states: states.values(), hosts: hosts.values(), messages: messages.values() },
    configs: configs.values(),
  };
}
