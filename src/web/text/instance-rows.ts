import type { InstanceColumns } from '../../api/views/job.ts';
import { LIST_SIZES } from '../../api/views/shared.ts';
import { badness } from './states.ts';

/** A row of the table of instances. */
export interface InstanceRow {
  readonly id: number;
  readonly state: string;
  readonly sinceMs: number;
  readonly host: string;
  readonly config: number;
  readonly message: string;
  readonly failures: number;
}

function rowAt(columns: InstanceColumns, at: number): InstanceRow {
  return {
    id: columns.id[at] as number,
    state: columns.states[columns.state[at] as number] ?? '',
    sinceMs: columns.sinceMs[at] as number,
    host: columns.hosts[columns.host[at] as number] ?? '',
    config: columns.config[at] as number,
    message: columns.messages[columns.message[at] as number] ?? '',
    failures: columns.failures[at] as number,
  };
}

const ORDERS: Readonly<Record<string, (a: InstanceRow, b: InstanceRow) => number>> = {
  instance: (a, b) => a.id - b.id,
  state: (a, b) => badness(a.state) - badness(b.state) || a.id - b.id,
  // Ascending means shortest first: the longest lasting state has the smallest time.
  since: (a, b) => b.sinceMs - a.sinceMs,
  host: (a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.id - b.id),
  failures: (a, b) => a.failures - b.failures,
};

/** Filters as the original's box does: by the beginning of an id or a state, or a part of a host's name. */
function fits(q: string): (row: InstanceRow) => boolean {
  const wanted = q.trim().toLowerCase();
  if (wanted === '') return () => true;
  return ({ host, id, state }) =>
    String(id).startsWith(wanted) ||
    state.toLowerCase().startsWith(wanted) ||
    host.toLowerCase().includes(wanted);
}

/** The page of instances that the query asks for, filtered and sorted; `total` counts all that fit. */
export function instanceRows(
  columns: InstanceColumns,
  query: Readonly<Record<string, string>>,
): { readonly rows: readonly InstanceRow[]; readonly total: number } {
  const { cursor = '0', dir, q = '', sort = 'instance', state = '' } = query;
  const isWanted = fits(q);
  const all = columns.id
    .map((_, at) => rowAt(columns, at))
    .filter((row) => (state === '' || row.state === state) && isWanted(row))
    .sort(ORDERS[sort] ?? ORDERS.instance);
  if (dir === 'desc') all.reverse();
  const from = Number(cursor) || 0;
  return { rows: all.slice(from, from + LIST_SIZES.usual), total: all.length };
}
