import type { Knowledge } from '../knowledge.ts';
import { holding, isNatural, isNumber, kind, may, type PythonKind, parts } from '../value.ts';

const wholes = (left: PythonKind, right: PythonKind) =>
  kind(isNatural(left) && isNatural(right) ? 'nat' : 'int');

/** What `left op right` gives; `node` is where a list is made. */
export function operation(
  known: Knowledge,
  op: string,
  left: PythonKind,
  right: PythonKind,
  node: object,
): PythonKind {
  if (op === '%' && left.words.has('str')) return kind('str');
  if (op === '%' && [...left.words].some((word) => word.startsWith('struct:'))) return left;
  if (isNumber(left) && isNumber(right)) {
    if (may(left, 'float') || may(right, 'float')) return kind('float');
    if (op === '/') return known.python === 3 ? kind('float') : wholes(left, right);
    if (op === '-') return kind('int');
    return op === '**' && !isNatural(right) ? kind('int', 'float') : wholes(left, right);
  }
  const bools = (value: PythonKind) => may(value, 'bool') && value.parts.size === 0;
  if ((bools(left) && isNumber(right)) || (bools(right) && isNumber(left)))
    return kind(may(left, 'float') || may(right, 'float') ? 'float' : 'int');
  if (op === '+' || op === '*') {
    const result = kind();
    if (left.words.has('str') && (op === '*' || right.words.has('str') || right.words.has('any')))
      result.words.add('str');
    if (op === '*' && right.words.has('str')) result.words.add('str');
    if (op === '+' && left.words.has('any') && right.words.has('str')) result.words.add('str');
    const lists = [...parts(left, 'list', 'tuple'), ...parts(right, 'list', 'tuple')];
    if (lists.length > 0) {
      const part = known.list(node, lists.every(({ p }) => p === 'tuple') ? 'tuple' : 'list');
      for (const { of: inside } of lists) known.learn(part.of, inside);
      result.parts.add(part);
    }
    if (
      result.words.size + result.parts.size === 0 &&
      (left.words.size + left.parts.size === 0 || right.words.size + right.parts.size === 0)
    )
      return kind();
    return result.words.size + result.parts.size > 0 ? result : kind('any');
  }
  if (left.words.size + left.parts.size === 0 || right.words.size + right.parts.size === 0) return kind();
  if (parts(left, 'set').length > 0) {
    const part = known.list(node, 'set');
    for (const side of [left, right])
      for (const { of: inside } of parts(side, 'set')) known.learn(part.of, inside);
    return holding(part);
  }
  return kind('any');
}
