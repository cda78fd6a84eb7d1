/**
 * Decides which processes belong to which task: descendants of its shells, processes in their sessions, those found to
 * belong to it before, those in its cgroup, and orphans that have its sandbox as HOME.
 */
import { containerMembers } from '../../proc/cgroup.ts';
import type { ProcessDetails } from '../../proc/process-details.ts';
import { environmentOf } from '../../proc/process-table.ts';

/** What must be known of a task to find its processes. */
export interface TaskRoots {
  readonly taskId: string;
  /** Id of its Mesos container. */
  readonly container: string;
  readonly sandbox: string;
  /** The executor, which is in the same cgroup but does not count as a process of the task. */
  readonly executorPid: number;
  /** Pids of the shells by process name; each was checked against its start time. */
  readonly shells: ReadonlyMap<string, number>;
}

export interface TaskMembers {
  /** Members by process name; those of no particular process have the empty name. */
  readonly byProcess: ReadonlyMap<string, readonly ProcessDetails[]>;
}

const keyOf = ({ pid, startTicks }: ProcessDetails): string => `${pid}/${startTicks}`;

/** The process table, indexed for lookups. */
interface Index {
  readonly byPid: ReadonlyMap<number, ProcessDetails>;
  readonly children: ReadonlyMap<number, readonly ProcessDetails[]>;
  readonly sessions: ReadonlyMap<number, readonly ProcessDetails[]>;
}

function grouped(table: readonly ProcessDetails[], key: (entry: ProcessDetails) => number) {
  const groups = new Map<number, ProcessDetails[]>();
  for (const entry of table) {
    const group = groups.get(key(entry));
    if (group) group.push(entry);
    else groups.set(key(entry), [entry]);
  }
  return groups;
}

/** The `roots` and all their descendants, except those in `taken`, to which the result is added. */
function tree(index: Index, roots: readonly ProcessDetails[], taken: Set<number>): ProcessDetails[] {
  const found: ProcessDetails[] = [];
  const left = [...roots];
  for (let next = left.pop(); next; next = left.pop()) {
    if (taken.has(next.pid)) continue;
    taken.add(next.pid);
    found.push(next);
    left.push(...(index.children.get(next.pid) ?? []));
  }
  return found;
}

export interface Membership {
  /** Finds the members of all tasks in one table of the machine's processes. */
  assign(table: readonly ProcessDetails[], tasks: readonly TaskRoots[]): ReadonlyMap<string, TaskMembers>;
}

export function membership(): Membership {
  /** Processes that belonged to each task at the last call. */
  let known = new Map<string, ReadonlySet<string>>();
  /** Orphans whose HOME was read already: the sandbox it names, or '' for none of ours. */
  let judged = new Map<string, string>();

  const homes = (table: readonly ProcessDetails[], index: Index, tasks: readonly TaskRoots[]) => {
    const bySandbox = new Set(tasks.map(({ sandbox }) => sandbox));
    const next = new Map<string, string>();
    const orphans = new Map<string, ProcessDetails[]>();
    for (const entry of table) {
      const parent = index.byPid.get(entry.parent);
      if (entry.parent !== 1 && parent) continue;
      const key = keyOf(entry);
      const environment = judged.has(key) ? [] : environmentOf(entry.pid);
      // It is replacing its program and shows nothing: the next call will know.
      if (!environment) continue;
      const home = judged.get(key) ?? environment.find((line) => line.startsWith('HOME='))?.slice(5) ?? '';
      next.set(key, bySandbox.has(home) ? home : '');
      if (bySandbox.has(home)) orphans.set(home, [...(orphans.get(home) ?? []), entry]);
    }
    judged = next;
    return orphans;
  };

  return {
    assign(all, tasks) {
      const table = all.filter(({ zombie }) => !zombie);
      const index: Index = {
        byPid: new Map(table.map((entry) => [entry.pid, entry])),
        children: grouped(table, ({ parent }) => parent),
        sessions: grouped(table, ({ session }) => session),
      };
      const orphans = homes(table, index, tasks);
      const seen = new Map<string, ReadonlySet<string>>();
      const result = new Map<string, TaskMembers>();
      const present = (pids: readonly number[]) =>
        pids.map((pid) => index.byPid.get(pid)).filter((entry) => entry !== undefined);
      for (const task of tasks) {
        const taken = new Set<number>([task.executorPid]);
        const byProcess = new Map<string, readonly ProcessDetails[]>();
        for (const [name, pid] of task.shells)
          byProcess.set(name, tree(index, [...present([pid]), ...(index.sessions.get(pid) ?? [])], taken));
        const before = known.get(task.taskId);
        const rest = [
          ...(before && before.size > 0 ? table.filter((entry) => before.has(keyOf(entry))) : []),
          ...present(containerMembers([...task.shells.values()], task.container)),
          ...(orphans.get(task.sandbox) ?? []),
        ];
        byProcess.set('', tree(index, rest, taken));
        const members = [...byProcess.values()].flat();
        seen.set(task.taskId, new Set(members.map(keyOf)));
        result.set(task.taskId, { byProcess });
      }
      known = seen;
      return result;
    },
  };
}
