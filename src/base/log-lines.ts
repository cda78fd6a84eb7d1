/** Assembles whole lines from chunks of a file. */
export interface LineAssembler {
  /** Adds a chunk; returns the lines that it completes, without their ends. */
  take(text: string): string[];
  /** The unfinished last line; empty when there is none. */
  rest(): string[];
}

/** Longer lines are split into pieces of this length, so that a file without line breaks cannot fill the memory. */
export const LONGEST_LINE = 2 ** 20;

export function lineAssembler(): LineAssembler {
  let open = '';
  return {
    take(text) {
      const parts = (open + text).split('\n');
      open = parts.pop() ?? '';
      while (open.length > LONGEST_LINE) {
        parts.push(open.slice(0, LONGEST_LINE));
        open = open.slice(LONGEST_LINE);
      }
      return parts;
    },
    rest() {
      const left = open;
      open = '';
      return left === '' ? [] : [left];
    },
  };
}

/** Removes everything that a terminal would act on, except colours. */
export const harmless = (line: string): string =>
  line
    .replaceAll(
      /\x1b\[[0-9;]*m|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|.)?/g,
      (found) => (/^\x1b\[[0-9;]*m$/.test(found) ? found : ''),
    )
    .replaceAll(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/\x1b(?!\[[0-9;]*m)/g, '');
