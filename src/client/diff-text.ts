import type { Wire } from '../api/index.ts';
import { rangesText } from './ranges.ts';
import type { UpdateDiff } from './update-request.ts';

type Group = Wire<'ConfigGroup'>;

const instancesOf = (groups: readonly Group[] | undefined) =>
  (groups ?? []).flatMap(({ instances }) => instances ?? []);

/** A line that lists some instances; empty when there are none. */
export function instancesLine(what: string, groups: readonly Group[] | undefined): string {
  const ranges = instancesOf(groups);
  return ranges.length > 0 ? `${what} instances: ${rangesText(ranges)}\n` : '';
}

/**
 * Describes what an update would do to which instances. `updates` replaces the single line about updated instances.
 * Source: the original's words, which scripts read.
 */
export const diffText = (
  { add, remove, update, unchanged }: UpdateDiff,
  updates: string = instancesLine('update', update),
): string =>
  [
    'This job update will:\n',
    instancesLine('add', add),
    instancesLine('remove', remove),
    updates,
    instancesLine('not change', unchanged),
  ].join('');
