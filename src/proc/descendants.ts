import { readdirSync } from 'node:fs';
import { kernelFile } from './kernel-file.ts';
import { type ProcessEntry, processEntry } from './process-id.ts';
import { processTable } from './process-table.ts';

/** Adds all descendants of `members` to it. A child may be listed before its parent, so it repeats until nothing is added. */
export function addDescendants(living: readonly ProcessEntry[], members: Map<number, ProcessEntry>): void {
  for (let before = -1; before < members.size; ) {
    before = members.size;
    for (const entry of living) {
      if (members.has(entry.parent) && !members.has(entry.pid)) members.set(entry.pid, entry);
    }
  }
}

/** Whether the kernel lists the children of a thread (CONFIG_PROC_CHILDREN, set in most distributions). */
let listsChildren: boolean | undefined;

function kernelListsChildren(): boolean {
  try {
    kernelFile(`/proc/self/task/${process.pid}/children`);
    return true;
  } catch {
    return false;
  }
}

/** Children of every thread of a process; empty when it is gone. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      kernelFile(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/**
 * Every living descendant of `roots`, without the roots themselves. Where the kernel lists children, only these
 * processes are read; elsewhere all processes of the machine are read once.
 */
export function descendantsOf(roots: readonly number[]): ProcessEntry[] {
  if (roots.length === 0) return [];
  listsChildren ??= kernelListsChildren();
  const found = new Map<number, ProcessEntry>();
  if (listsChildren) {
    for (let next = [...roots]; next.length > 0; ) {
      next = next.flatMap(childrenOf).filter((pid) => !found.has(pid));
      for (const entry of next.map(processEntry)) if (entry) found.set(entry.pid, entry);
    }
  } else {
    const living = processTable();
    const isRoot = new Set(roots);
    for (const entry of living) if (isRoot.has(entry.parent)) found.set(entry.pid, entry);
    addDescendants(living, found);
  }
  for (const root of roots) found.delete(root);
  return [...found.values()].filter(({ zombie }) => !zombie);
}
