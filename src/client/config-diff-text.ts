import type { FieldChange } from './config-diff.ts';
import { lineDiff } from './line-diff.ts';

const MB = 2 ** 20;

/** Fields that hold bytes. */
const BYTES = /(?:^|\.)resources\.(?:ram|disk)$|\.rotate\.logSize$/;

/** A value in a line: bytes with their unit, texts as they are when that is plain. */
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
 * Changed fields, a line each; long texts and whole entries line by line below their name. `where` says where the file
 * has a field; empty for those that it does not mention.
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
