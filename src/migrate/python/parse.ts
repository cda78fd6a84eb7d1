import type { Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { AuroraError } from '../../base/errors.ts';
import { place } from './place.ts';
import { reader } from './read-tree.ts';
import type { Comment, PythonFile } from './syntax.ts';

/**
 * Parses a file of Python 2 or 3. The grammar is one of Python 3 that knows a little of 2; other syntax of Python 2 is
 * rewritten to the same length first, so that offsets stay valid.
 * @throws AuroraError CONFIG with the place, for a file that is not valid Python
 */
export function parsePython(path: string, text: string): PythonFile {
  const source = text.replaceAll('\r\n', '\n');
  const { bridged, reprs, prints } = bridge(source);
  const tree = parser.parse(bridged);
  const wrong = firstError(tree);
  if (wrong !== undefined)
    throw new AuroraError('CONFIG', 'this is no Python that can be read', {
      where: place(path, source, wrong),
    });
  try {
    const read = reader(source, reprs, prints);
    const body = read.statements(tree.topNode);
    return { path, text: source, body, comments: comments(tree, source), onlyThree: read.onlyThree() };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const at = (thrown as SyntaxError & { at?: number }).at ?? 0;
    throw new AuroraError('CONFIG', `${thrown.message} cannot be read here`, {
      where: place(path, source, at),
    });
  }
}

interface Bridged {
  readonly bridged: string;
  /** Offsets at which values between backticks start. */
  readonly reprs: ReadonlySet<number>;
  /** Offsets at which print statements start. */
  readonly prints: ReadonlySet<number>;
}

/** Replaces `print`: an assignment of the same length. */
const PRINTED = '_p_ =';

/** Replaces syntax of Python 2 without changing lengths: print statements, backticks, long numbers like `10L`. */
function bridge(source: string): Bridged {
  const letters = [...Array(source.length)].map((_, at) => source[at] as string);
  const prints = new Set<number>();
  const reprs = new Set<number>();
  const put = (at: number, text: string) => {
    for (let index = 0; index < text.length; index++) letters[at + index] = text[index] as string;
  };
  for (let round = 0; round < 3; round++) {
    let changed = false;
    let open: number | undefined;
    parser.parse(letters.join('')).iterate({
      enter: (node) => {
        const text = source.slice(node.from, node.to);
        if (node.name === 'PrintStatement' && !prints.has(node.from)) {
          put(node.from, PRINTED);
          prints.add(node.from);
          changed = true;
          let at = node.from + PRINTED.length;
          while (source[at] === ' ') at++;
          if (source.startsWith('>>', at)) put(at, '  ');
        } else if (node.type.isError && text === '`') {
          put(node.from, open === undefined ? '(' : ')');
          if (open === undefined) reprs.add(node.from);
          open = open === undefined ? node.from : undefined;
          changed = true;
        } else if (node.type.isError && node.from === node.to && isLong(letters, node.from)) {
          put(node.from, ' ');
          changed = true;
        }
      },
    });
    if (!changed) break;
  }
  return { bridged: letters.join(''), reprs, prints };
}

const isLong = (letters: readonly string[], at: number): boolean =>
  (letters[at] === 'L' || letters[at] === 'l') && '0123456789abcdefABCDEF'.includes(letters[at - 1] ?? ' ');

function firstError(tree: Tree): number | undefined {
  let found: number | undefined;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) found ??= node.from;
    },
  });
  return found;
}

function comments(tree: Tree, source: string): readonly Comment[] {
  const found: Comment[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.name !== 'Comment') return;
      const line = source.lastIndexOf('\n', node.from - 1) + 1;
      found.push({
        from: node.from,
        to: node.to,
        text: source.slice(node.from + 1, node.to).trimEnd(),
        trailing: source.slice(line, node.from).trim() !== '',
      });
    },
  });
  return found;
}
