import type { ProcessEntry } from './process-id.ts';

/** Adds to `members` what descends from them; a child may stand before its parent, so it looks until nothing is new. */
export function addDescendants(living: readonly ProcessEntry[], members: Map<number, ProcessEntry>): void {
  for (let before = -1; before < members.size; ) {
    before = members.size;
    for (const entry of living) {
      if (members.has(entry.parent) && !members.has(entry.pid)) members.set(entry.pid, entry);
    }
  }
}
