import type { LoadedJob } from '../dsl/load/loaded-job.ts';
import type { Position } from '../dsl/load/source-positions.ts';
import { structTable } from '../dsl/schema/struct-table.ts';
import type { FieldChange } from './config-diff.ts';

/**
 * Where the file says what a field is: the field itself, or the call that leaves it to its default. A field that is gone
 * is shown where its list is. Undefined for what no file says: the owner, the ports.
 */
export function placeOf({ node, positions }: LoadedJob, { path, after }: FieldChange): Position | undefined {
  const [field] = path;
  if (typeof field !== 'string' || !Object.hasOwn(structTable('Job') ?? {}, field)) return undefined;
  const last = path.at(-1);
  const known = after === undefined && typeof last === 'number' ? path.slice(0, -1) : path;
  return positions.of(node, known);
}
