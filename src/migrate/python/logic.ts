import type { SyntaxNode } from '@lezer/common';
import type { Expr } from './syntax.ts';

const wordOf = (node: SyntaxNode): 'and' | 'or' | undefined => {
  if (node.name !== 'BinaryExpression') return undefined;
  if (node.getChild('and')) return 'and';
  return node.getChild('or') ? 'or' : undefined;
};
const isNot = (node: SyntaxNode): boolean =>
  node.name === 'UnaryExpression' && node.firstChild?.name === 'not';

/** Whether a node is an `and`, `or` or `not`. */
export const isLogic = (node: SyntaxNode): boolean => wordOf(node) !== undefined || isNot(node);

type Token = 'and' | 'or' | 'not' | Expr;

/**
 * The grammar reads everything after a `not` as its operand, `not a or b` as `not (a or b)`, although Python's `not`
 * binds more closely than `and`. So the tree is flattened into tokens again, which are read by Python's rules.
 */
export function logic(node: SyntaxNode, operand: (node: SyntaxNode) => Expr): Expr {
  const tokens: Token[] = [];
  const flatten = (part: SyntaxNode): void => {
    const word = wordOf(part);
    if (word) {
      flatten(part.firstChild as SyntaxNode);
      tokens.push(word);
      flatten(part.lastChild as SyntaxNode);
    } else if (isNot(part)) {
      tokens.push('not');
      flatten(part.lastChild as SyntaxNode);
    } else tokens.push(operand(part));
  };
  flatten(node);
  let at = 0;
  const binary = (op: 'and' | 'or', next: () => Expr) => (): Expr => {
    let left = next();
    while (tokens[at] === op) {
      at++;
      const right = next();
      left = { t: 'logic', op, left, right, from: left.from, to: right.to };
    }
    return left;
  };
  const not = (): Expr => {
    const token = tokens[at++];
    if (token !== 'not') return token as Expr;
    const value = not();
    return { t: 'unary', op: 'not', operand: value, from: node.from, to: value.to };
  };
  return binary('or', binary('and', not))();
}
