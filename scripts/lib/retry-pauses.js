// Rule: a loop that retries must wait between attempts. If its attempts fail at once, a loop without pauses keeps the
// process busy for ever, and nothing that could end it gets a turn.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { filesBelow, ROOT } from './files.js';

/** The names of functions whose call counts as a pause, as in `sleep(...)`, `pause.next()`, `clock.after(...)`. */
const PAUSE = /^(sleep|pause\w*|\w+Pauses?|after(Loss|Refusal))$/;

const isLoop = (node) => ts.isForStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node);
const isFunction = (node) => ts.isFunctionLike(node);

/** Calls `visit` for a node and everything below it, except inside nested functions. */
function within(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => {
    if (!isFunction(child)) within(child, visit);
  });
}

const some = (node, test) => {
  let found = false;
  within(node, (one) => {
    found ||= test(one);
  });
  return found;
};

function isPause(node) {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  if (ts.isIdentifier(expression)) return PAUSE.test(expression.text);
  if (!ts.isPropertyAccessExpression(expression)) return false;
  if (expression.name.text !== 'next') return expression.name.text === 'after';
  let owner = expression.expression;
  while (ts.isParenthesizedExpression(owner)) owner = owner.expression;
  const names = ts.isConditionalExpression(owner) ? [owner.whenTrue, owner.whenFalse] : [owner];
  return names.every((name) => ts.isIdentifier(name) && PAUSE.test(name.text));
}

const leaves = (statement) =>
  statement !== undefined &&
  (ts.isThrowStatement(statement) || ts.isReturnStatement(statement) || ts.isBreakStatement(statement));

/** The name of the function that contains a node; undefined when it has none. */
function functionName(node) {
  for (let at = node.parent; at; at = at.parent) {
    if (!isFunction(at)) continue;
    if (at.name && ts.isIdentifier(at.name)) return at.name.text;
    const { parent } = at;
    return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name.text : undefined;
  }
  return undefined;
}

/** Says what is wrong with a catch clause inside a loop that awaits; undefined when nothing is. */
function faultInLoop({ block }) {
  // Only the last statement counts: an earlier one may leave the loop in some cases only, and the others go on.
  if (leaves(block.statements.at(-1))) return undefined;
  if (!some(block, isPause)) return 'goes round after a failure without a pause';
  let early = false;
  within(block, (node) => {
    early ||= ts.isContinueStatement(node) && !some(node.parent, isPause);
  });
  return early ? 'goes round after some failures without a pause' : undefined;
}

/** One line for every loop, or function that calls itself, that retries without a pause. */
export function retriesWithoutPause(text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const problems = [];
  const complain = (node, what) =>
    problems.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${what}`);
  const visit = (node) => {
    if (isLoop(node) && some(node.statement, ts.isAwaitExpression))
      within(node.statement, (inner) => {
        if (!ts.isCatchClause(inner)) return;
        // A pause in the loop after the clause covers all failures that reach it.
        const fault = faultInLoop(inner);
        if (fault && !pausesAfter(inner, node)) complain(inner, fault);
      });
    if (ts.isCatchClause(node)) {
      const name = functionName(node);
      const callsItself = (one) =>
        ts.isCallExpression(one) && ts.isIdentifier(one.expression) && one.expression.text === name;
      if (name !== undefined && some(node.block, callsItself) && !some(node.block, isPause))
        complain(node, `calls ${name} again after a failure without a pause`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

/**
 * Whether every path from the clause to the next round has a pause: one follows the clause, and no `continue` skips it.
 */
function pausesAfter(clause, loop) {
  if (some(clause.block, ts.isContinueStatement)) return false;
  for (let at = clause; at !== loop; at = at.parent) {
    if (!ts.isBlock(at.parent)) continue;
    const { statements } = at.parent;
    const next = statements.slice(statements.indexOf(at) + 1);
    if (next.some((statement) => some(statement, isPause))) return true;
  }
  return false;
}

/** The same for all files of src/. */
export const busyRetries = () =>
  filesBelow('src', /\.tsx?$/).flatMap((file) =>
    retriesWithoutPause(readFileSync(join(ROOT, file), 'utf8'), file),
  );
