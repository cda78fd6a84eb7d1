import type { ComponentChildren } from 'preact';
import { place } from '../data/place.ts';
import { useStore } from '../data/store.ts';
import { withQuery } from '../text/paths.ts';

export interface TableColumn<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** The name that the scheduler sorts by; absent for columns that cannot be sorted. */
  readonly sort?: string;
  /** True for numbers: aligned to the right, and sorted with the largest first. */
  readonly number?: boolean;
  /** Takes the remaining width. */
  readonly wide?: boolean;
  /** Hidden on narrow screens. */
  readonly minor?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** How rows are sorted when the address does not say it. */
  readonly sorted?: readonly [sort: string, dir: 'asc' | 'desc'];
  /** A table takes no children. */
  readonly children?: never;
}

const classOf = <Row,>({ minor, number, wide }: TableColumn<Row>): string =>
  [number && 'number', wide && 'wide', minor && 'minor'].filter(Boolean).join(' ');

function Head<Row>({
  column,
  sorted,
}: {
  readonly column: TableColumn<Row>;
  readonly sorted: TableProps<Row>['sorted'];
}) {
  const at = useStore(place);
  const { head, number, sort } = column;
  if (sort === undefined)
    return (
      <th scope="col" class={classOf(column)}>
        {head}
      </th>
    );
  const query = new URLSearchParams(at.search);
  const [by, dir] = query.has('sort') ? [query.get('sort'), query.get('dir') ?? 'asc'] : (sorted ?? []);
  const isBy = by === sort;
  const first = number ? 'desc' : 'asc';
  const next = isBy ? (dir === 'desc' ? 'asc' : 'desc') : first;
  return (
    <th
      scope="col"
      class={classOf(column)}
      {...(isBy ? { 'aria-sort': dir === 'desc' ? 'descending' : 'ascending' } : {})}
    >
      <a href={withQuery(at, { sort, dir: next })}>
        {head}
        {isBy ? (dir === 'desc' ? ' ▾' : ' ▴') : ''}
      </a>
    </th>
  );
}

/** A table; its rows come sorted and cut to a page already. */
export function Table<Row>({ columns, keyOf, label, rows, sorted }: TableProps<Row>) {
  return (
    <div class="scrolls">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.head} column={column} sorted={sorted} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.head} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
