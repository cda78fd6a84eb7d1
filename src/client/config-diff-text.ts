import type { FieldChange } from './config-diff.ts';
import { lineDiff } from './line-diff.ts';

const MB = 2 ** 20;

/** The fields that hold a number of bytes. */
const BYTES = /(?:^|\.)resources\.(?:ram|disk)$|\.rotate\.logSize$/;

/** Formats a value for one line: bytes with their unit, strings without quotes when they are simple. */
export function valueText(name: string, value: unknown): string {
  if (value === undefined) return '(unset)';
  if (BYTES.test(name) && typeof value === 'number' && value % MB === 0) return `${value / MB} MB`;
  return typeof value === 'string' && /^[\w./:@%+=-]+$/.test(value) ? value : JSON.stringify(value);
}

const isLong = (value: unknown): boolean =>
  (typeof value === 'string' && (value.includes('\n') || value.length > 60)) ||
  (typeof value === 'object' && value !== null);

const linesOf = (value: unknown): readonly string[] =>
  value === undefined
    ? []
    : typeof value === 'string'
      ? value.split('\n')
      : JSON.stringify(value, null, 2).split('\n');

/**
 * Formats changed fields, one a line; long strings and whole entries are compared line by line below their name.
 * `where` gives the place of a field in the file, or an empty text for fields that the file does not mention.
 */
export function changesText(
  changes: readonly FieldChange[],
  where: (change: FieldChange) => string = () => '',
): string {
  const lines = changes.flatMap((change) => {
    const place = where(change);
    return changeLines(change).map((line, at) => (at === 0 && place ? `${line}   ${place}` : line));
  });
  return lines.map((line) => `  ${line}\n`).join('');
}

function changeLines({ name, before, after }: FieldChange): readonly string[] {
  if (!isLong(before) && !isLong(after))
    return [`${name}: ${valueText(name, before)} -> ${valueText(name, after)}`];
  const what = before === undefined ? ' added' : after === undefined ? ' removed' : '';
  const lines = lineDiff(linesOf(before), linesOf(after)).map(([sign, line]) => `  ${sign} ${line}`);
  return [`${name}:${what}`, ...lines];
}
