import { LIST_SIZES, type Listed } from '../../../api/views/shared.ts';
import { badQuery } from './view-refusal.ts';
import type { ViewQuery } from './view-settings.ts';

/** What rows can be sorted by: texts ascending at first, numbers with the largest first. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string | number | undefined>>;

function wholeNumber(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw badQuery(`${name} is a whole number, not ${text}`);
  return number;
}

/** Texts as people sort them, without the cost of a locale: digits within them count as numbers only when short. */
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sorted<Row>(rows: Row[], columns: Columns<Row>, { sort, dir }: ViewQuery): void {
  if (sort === undefined || sort === '') return;
  const column = columns[sort];
  if (!column) throw badQuery(`sort is one of ${Object.keys(columns).join(', ')}, not ${sort}`);
  const keyed = new Map(rows.map((row) => [row, column(row)]));
  const sign = dir === 'desc' ? -1 : 1;
  rows.sort((a, b) => {
    const [left, right] = [keyed.get(a), keyed.get(b)];
    if (left === right) return 0;
    // What has no value stands last, whichever way the rest is sorted.
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    const order = typeof left === 'number' ? left - (right as number) : compareTexts(left, right as string);
    return order * sign;
  });
}

/**
 * The part of the rows that a query asks for: `sort` and `dir` order them (without `sort` they stay as they are),
 * `cursor` and `size` cut. @throws ViewRefusal
 */
export function listed<Row>(rows: readonly Row[], columns: Columns<Row>, query: ViewQuery): Listed<Row> {
  const from = wholeNumber(query.cursor, 'cursor', 0);
  const size = Math.min(
    LIST_SIZES.most,
    wholeNumber(query.size, 'size', LIST_SIZES.usual) || LIST_SIZES.usual,
  );
  const all = [...rows];
  sorted(all, columns, query);
  const end = from + size;
  return {
    rows: all.slice(from, end),
    total: all.length,
    ...(end < all.length ? { cursor: String(end) } : {}),
  };
}

/** Whether the text of `q`, when there is one, is somewhere in `text`. */
export function matcher(q: string | undefined): (text: string) => boolean {
  const wanted = (q ?? '').trim().toLowerCase();
  return wanted === '' ? () => true : (text) => text.toLowerCase().includes(wanted);
}
