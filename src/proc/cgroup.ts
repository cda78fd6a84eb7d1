/** Reads what control groups, version 1 and 2, tell about a container. Source: cgroups(7). */
import { existsSync } from 'node:fs';
import { kernelFile } from './kernel-file.ts';

/** Where the kernel shows itself; elsewhere in tests. */
export interface KernelFiles {
  /** proc(5). */
  readonly proc: string;
  /** Where the hierarchies are mounted: the unified one itself, those of version 1 below it by controller. */
  readonly groups: string;
}

const MACHINE: KernelFiles = { proc: '/proc', groups: '/sys/fs/cgroup' };

const read = (path: string): string | undefined => {
  try {
    return kernelFile(path);
  } catch {
    return undefined;
  }
};

/** Directories of the groups that a process is in: the unified one first, then those of version 1 by controller. */
function groupsOf(pid: number | 'self', { proc }: KernelFiles): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of (read(`${proc}/${pid}/cgroup`) ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') groups.set('', path);
    else for (const controller of (controllers as string).split(',')) groups.set(controller, path);
  }
  return groups;
}

/** Where a hierarchy is: beside those of version 1 the unified one has a directory of its own. */
function mountOf(controller: string, { groups }: KernelFiles): string {
  if (controller !== '') return `${groups}/${controller.replace('name=', '')}`;
  return existsSync(`${groups}/unified`) ? `${groups}/unified` : groups;
}

const pidsIn = (path: string): number[] =>
  (read(`${path}/cgroup.procs`) ?? '').split('\n').filter(Boolean).map(Number);

/**
 * Every process in the control group of a Mesos container; the agent names the group by the container's id. The group
 * is looked up by the first of `pids`; empty when that process is in no such group.
 */
export function containerMembers(
  pids: readonly number[],
  container: string,
  kernel: KernelFiles = MACHINE,
): number[] {
  if (container === '') return [];
  const [first] = pids;
  if (first === undefined) return [];
  for (const [controller, path] of groupsOf(first, kernel))
    if (path.split('/').includes(container)) return pidsIn(`${mountOf(controller, kernel)}${path}`);
  return [];
}

/**
 * How many processes of our control group the kernel has killed for lack of memory; 0 when it does not say. In a
 * container the group may be mounted as the root, whatever its path is called outside.
 */
export function oomKills(kernel: KernelFiles = MACHINE): number {
  const groups = groupsOf('self', kernel);
  for (const [controller, file] of [
    ['', 'memory.events'],
    ['memory', 'memory.oom_control'],
  ] as const) {
    const path = groups.get(controller);
    if (path === undefined) continue;
    for (const directory of [path, '']) {
      const text = read(`${mountOf(controller, kernel)}${directory}/${file}`);
      const kills = /^oom_kill (\d+)/m.exec(text ?? '')?.[1];
      if (kills !== undefined) return Number(kills);
    }
  }
  return 0;
}
