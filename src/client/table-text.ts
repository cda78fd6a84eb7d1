/** The field of the rows that a column shows, and its heading. */
export type Column = readonly [field: string, title: string];

/**
 * A table without borders, for people and for `awk`: each column is as wide as its widest value, and `-` stands for
 * unset values.
 */
export function tableText(
  columns: readonly Column[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const cells = [
    columns.map(([, title]) => title),
    ...rows.map((row) => columns.map(([field]) => String(row[field] ?? '-'))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
