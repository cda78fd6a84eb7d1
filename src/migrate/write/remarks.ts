/** Comments and line ends of the Python file between the elements of a list, dictionary or call. */
import type { Item } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Writing } from './context.ts';

/** Whether the original has a line break between an opening bracket and the first item. */
export function opensLine(writing: Writing, from: number, first: number): boolean {
  return writing.module.file.text.slice(from, first).includes('\n');
}

/** The items of a list with their comments. */
export function withComments(
  writing: Writing,
  nodes: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
  docs: readonly Doc[],
): readonly Item[] {
  let at = from;
  return docs.map((doc, index): Item => {
    const node = nodes[index] as { from: number; to: number };
    const before = writing.comments(at, node.from).map(({ text }) => text);
    const next = nodes[index + 1]?.from ?? to;
    const behind = writing.comments(node.to, Math.min(next, endOfLine(writing, node.to)));
    at = node.to;
    return { doc, before, behind: behind[0]?.text };
  });
}

const endOfLine = (writing: Writing, at: number): number => {
  const end = writing.module.file.text.indexOf('\n', at);
  return end < 0 ? writing.module.file.text.length : end;
};
