import type { Expr } from '../../python/syntax.ts';

/** Functions whose result does not depend on the order of the elements they get. */
export const ORDERLESS = new Set(['sorted', 'set', 'frozenset', 'min', 'max', 'any', 'all', 'len']);

const VIEWS = new Set(['keys', 'values', 'items', 'iterkeys', 'itervalues', 'iteritems']);

/** Whether the keys, values or entries of a dictionary are asked for. */
export const isView = (node: Expr): boolean =>
  node.t === 'call' && node.fn.t === 'attr' && VIEWS.has(node.fn.name) && node.args.length === 0;
