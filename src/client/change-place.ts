import type { LoadedJob } from '../dsl/load/loaded-job.ts';
import type { Position } from '../dsl/load/source-positions.ts';
import { structTable } from '../dsl/schema/struct-table.ts';
import type { FieldChange } from './config-diff.ts';

/**
 * Finds where the file sets a field: at the field itself, or at the call that leaves it to its default. For a removed
 * list entry this is the list. Undefined for fields that no file sets, such as the owner and the ports.
 */
export function placeOf({ node, positions }: LoadedJob, { path, after }: FieldChange): Position | undefined {
  const [field] = path;
  if (typeof field !== 'string' || !Object.hasOwn(structTable('Job') ?? {}, field)) return undefined;
  const last = path.at(-1);
  const known = after === undefined && typeof last === 'number' ? path.slice(0, -1) : path;
  return positions.of(node, known);
}
