/** Reads what control groups, version 1 and 2, tell about a container. Source: cgroups(7). */
import { readFileSync } from 'node:fs';

const ROOT = '/sys/fs/cgroup';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};

/** The control groups of a process, by controller; the unified group (version 2) has the key ''. */
function groupsOf(pid: number | 'self'): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of (read(`/proc/${pid}/cgroup`) ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') groups.set('', path);
    else for (const controller of (controllers as string).split(',')) groups.set(controller, path);
  }
  return groups;
}

const directory = (controller: string, path: string): string =>
  controller === '' ? `${ROOT}${path}` : `${ROOT}/${controller.replace('name=', '')}${path}`;

const pidsIn = (path: string): number[] =>
  (read(`${path}/cgroup.procs`) ?? '').split('\n').filter(Boolean).map(Number);

/**
 * Every process in the control group of a Mesos container; the agent names the group by the container's id. The group
 * is looked up by the first of `pids`; empty when that process is in no such group.
 */
export function containerMembers(pids: readonly number[], container: string): number[] {
  if (container === '') return [];
  const [first] = pids;
  if (first === undefined) return [];
  for (const [controller, path] of groupsOf(first))
    if (path.split('/').includes(container)) return pidsIn(directory(controller, path));
  return [];
}

/** How many processes of our control group the kernel has killed for lack of memory; 0 when it does not say. */
export function oomKills(): number {
  const groups = groupsOf('self');
  const unified = groups.get('');
  const files = [
    ...(unified === undefined ? [] : [`${directory('', unified)}/memory.events`, `${ROOT}/memory.events`]),
    ...(groups.has('memory')
      ? [`${directory('memory', groups.get('memory') as string)}/memory.oom_control`]
      : []),
  ];
  for (const file of files) {
    const kills = /^oom_kill (\d+)/m.exec(read(file) ?? '')?.[1];
    if (kills !== undefined) return Number(kills);
  }
  return 0;
}
