import { LIST_SIZES, type Listed } from '../../../api/views/shared.ts';
import { firstPlaces } from '../../../base/first-places.ts';
import { badQuery } from './view-refusal.ts';
import type { ViewQuery } from './view-settings.ts';

/** The value of each sortable column. The order is ascending unless `dir` is `desc`. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string | number | undefined>>;

function wholeNumber(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw badQuery(`${name} is a whole number, not ${text}`);
  return number;
}

/** Compares by UTF-16 code units, which is much cheaper than a locale's order. */
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Value = string | number | undefined;

/** Orders the places of rows by their values; equal ones keep their order. */
function order(values: readonly Value[], dir: string | undefined): (a: number, b: number) => number {
  const sign = dir === 'desc' ? -1 : 1;
  return (a, b) => {
    const [left, right] = [values[a], values[b]];
    if (left === right) return a - b;
    // Rows without a value come last, in either direction.
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    const found = typeof left === 'number' ? left - (right as number) : compareTexts(left, right as string);
    return found * sign || a - b;
  };
}

function sortedPage<Row>(
  rows: readonly Row[],
  columns: Columns<Row>,
  { sort, dir }: ViewQuery,
  from: number,
  end: number,
): Row[] {
  if (sort === undefined || sort === '') return rows.slice(from, end);
  const column = Object.hasOwn(columns, sort) ? columns[sort] : undefined;
  if (!column) throw badQuery(`sort is one of ${Object.keys(columns).join(', ')}, not ${sort}`);
  const compare = order(rows.map(column), dir);
  return firstPlaces(rows.length, end, compare)
    .slice(from)
    .map((place) => rows[place] as Row);
}

/**
 * The page of rows that a query asks for: `sort` and `dir` order them (without `sort` they keep their order), `cursor`
 * and `size` cut out the page.
 * @throws ViewRefusal for an unknown column or a bad number.
 */
export function listed<Row>(rows: readonly Row[], columns: Columns<Row>, query: ViewQuery): Listed<Row> {
  const from = wholeNumber(query.cursor, 'cursor', 0);
  const size = Math.min(
    LIST_SIZES.most,
    wholeNumber(query.size, 'size', LIST_SIZES.usual) || LIST_SIZES.usual,
  );
  const end = from + size;
  return {
    rows: sortedPage(rows, columns, query, from, end),
    total: rows.length,
    ...(end < rows.length ? { cursor: String(end) } : {}),
  };
}

/** Whether `text` contains `q`, ignoring case; without `q` everything matches. */
export function matcher(q: string | undefined): (text: string) => boolean {
  const wanted = (q ?? '').trim().toLowerCase();
  return wanted === '' ? () => true : (text) => text.toLowerCase().includes(wanted);
}
