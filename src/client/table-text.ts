/** A field of the rows and the heading of its column. */
export type Column = readonly [field: string, title: string];

/** A table without lines, for people and for `awk`: every column as wide as its widest value; `-` for what is not set. */
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
