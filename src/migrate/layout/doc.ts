/**
 * Text with places where lines may break. A group is printed on one line if it fits; otherwise all of its own breaks
 * are taken. Source of the idea: Wadler, "A prettier printer".
 */
export type Doc = string | readonly Doc[] | Mark;
type Mark =
  | { readonly d: 'line'; readonly flat: '' | ' '; readonly hard: boolean }
  | { readonly d: 'indent'; readonly of: Doc }
  | { readonly d: 'group'; readonly of: Doc; readonly broken: boolean }
  | { readonly d: 'choose'; readonly states: readonly Doc[] }
  | { readonly d: 'broken'; readonly then: Doc; readonly otherwise: Doc }
  /** A line break within a text: the next line starts at the left edge. */
  | { readonly d: 'edge' };

export const line: Doc = { d: 'line', flat: ' ', hard: false };
export const soft: Doc = { d: 'line', flat: '', hard: false };
export const hard: Doc = { d: 'line', flat: '', hard: true };
export const edge: Doc = { d: 'edge' };
export const indent = (of: Doc): Doc => ({ d: 'indent', of });
export const group = (of: Doc, broken = false): Doc => ({ d: 'group', of, broken: broken || mustBreak(of) });
/** The first of several forms that fits, or the last one if none does. */
export const choose = (...states: readonly Doc[]): Doc => ({ d: 'choose', states });
export const whenBroken = (then: Doc, otherwise: Doc = ''): Doc => ({ d: 'broken', then, otherwise });

const isMark = (doc: Doc): doc is Mark => typeof doc === 'object' && 'd' in doc;

/** Whether the document contains a break that is always taken. */
export function mustBreak(doc: Doc): boolean {
  if (typeof doc === 'string') return false;
  if (!isMark(doc)) return doc.some(mustBreak);
  switch (doc.d) {
    case 'line':
      return doc.hard;
    case 'edge':
      return true;
    case 'indent':
      return mustBreak(doc.of);
    case 'group':
      return doc.broken;
    case 'choose':
      return mustBreak(doc.states[0] as Doc);
    default:
      return false;
  }
}

export const joined = (separator: Doc, docs: readonly Doc[]): Doc =>
  docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc]));

type Entry = readonly [depth: number, flat: boolean, doc: Doc];

const STEP = 2;

/** Prints a document with lines of at most `width` characters where possible. */
export function printed(doc: Doc, width: number): string {
  let out = '';
  let column = 0;
  const stack: Entry[] = [[0, false, doc]];
  const put = (text: string) => {
    out += text;
    column += text.length;
  };
  const newLine = (depth: number) => {
    out = `${out.replace(/ +$/, '')}\n${' '.repeat(depth)}`;
    column = depth;
  };
  while (stack.length > 0) {
    const [depth, flat, next] = stack.pop() as Entry;
    if (typeof next === 'string') put(next);
    else if (!isMark(next))
      for (let at = next.length - 1; at >= 0; at--) stack.push([depth, flat, next[at] as Doc]);
    else {
      switch (next.d) {
        case 'line':
          if (flat && !next.hard) put(next.flat);
          else newLine(depth);
          break;
        case 'edge':
          out += '\n';
          column = 0;
          break;
        case 'indent':
          stack.push([depth + STEP, flat, next.of]);
          break;
        case 'group':
          stack.push([
            depth,
            !next.broken && (flat || fits([depth, true, next.of], stack, width - column, true)),
            next.of,
          ]);
          break;
        case 'choose': {
          const first = next.states[0] as Doc;
          if (!mustBreak(first) && (flat || fits([depth, true, first], stack, width - column, true))) {
            stack.push([depth, true, first]);
            break;
          }
          const rest = next.states.slice(1);
          const state =
            rest.find((one) => fits([depth, false, one], stack, width - column, false)) ?? next.states.at(-1);
          stack.push([depth, false, state as Doc]);
          break;
        }
        case 'broken':
          stack.push([depth, flat, flat ? next.otherwise : next.then]);
          break;
      }
    }
  }
  return out;
}

/** Whether the rest of the line fits. With `whole`, a group inside `first` that must break means that it does not. */
function fits(first: Entry, rest: readonly Entry[], width: number, whole: boolean): boolean {
  let left = width;
  let behind = rest.length - 1;
  const stack: Entry[] = [first];
  while (left >= 0) {
    if (stack.length === 0) {
      if (behind < 0) return true;
      stack.push(rest[behind--] as Entry);
      continue;
    }
    const [depth, flat, doc] = stack.pop() as Entry;
    if (typeof doc === 'string') left -= doc.length;
    else if (!isMark(doc))
      for (let at = doc.length - 1; at >= 0; at--) stack.push([depth, flat, doc[at] as Doc]);
    else {
      switch (doc.d) {
        case 'line':
          if (!flat || doc.hard) return true;
          left -= doc.flat.length;
          break;
        case 'edge':
          return true;
        case 'indent':
          stack.push([depth, flat, doc.of]);
          break;
        case 'group':
          if (whole && flat && doc.broken) return false;
          stack.push([depth, flat && !doc.broken, doc.of]);
          break;
        case 'choose':
          stack.push([depth, flat, (flat ? doc.states[0] : doc.states.at(-1)) as Doc]);
          break;
        case 'broken':
          stack.push([depth, flat, flat ? doc.otherwise : doc.then]);
          break;
      }
    }
  }
  return false;
}
