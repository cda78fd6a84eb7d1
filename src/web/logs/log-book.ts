import type { LogEvent } from '../../api/views/log-event.ts';
import { type LineAssembler, lineAssembler } from '../../base/log-lines.ts';
import { plainText } from './log-spans.ts';

export interface LogLine {
  /** Consecutive number; lines that were dropped have been counted, too. */
  readonly number: number;
  /** The instance that the line belongs to. */
  readonly instance: number;
  /** True for a line about the task that the task did not write itself. */
  readonly isSaid: boolean;
  readonly isError: boolean;
  readonly process: string;
  readonly text: string;
}

/** A file that lines came from. */
export interface LogSource {
  readonly task: string;
  readonly instance: number;
  /** Path within the sandbox. */
  readonly path: string;
}

/** How many lines the page keeps; the oldest are dropped first. */
export const MOST_LINES = 20_000;
/** How many characters the page keeps, in case lines are very long. */
const MOST_CHARACTERS = 20_000_000;

/** Collects the lines of a stream of log events. Pure: reading the stream and drawing happen elsewhere. */
export interface LogBook {
  take(event: LogEvent): void;
  lines(): readonly LogLine[];
  sources(): readonly LogSource[];
  /** Names of the processes whose files are known. */
  processes(): readonly string[];
  /** Nothing more will come. */
  isOver(): boolean;
}

interface OpenSource extends LogSource {
  readonly process: string;
  readonly isError: boolean;
  readonly assembler: LineAssembler;
}

export function logBook(): LogBook {
  let lines: LogLine[] = [];
  let number = 0;
  let characters = 0;
  let over = false;
  const open = new Map<number, OpenSource>();
  const files = new Map<string, LogSource>();
  const processes = new Set<string>();

  const add = (line: Omit<LogLine, 'number'>) => {
    lines.push({ ...line, number: number++ });
    characters += line.text.length;
    let first = 0;
    while (lines.length - first > MOST_LINES || (characters > MOST_CHARACTERS && first < lines.length - 1))
      characters -= (lines[first++] as LogLine).text.length;
    // Copying all lines for each new one would be expensive, so room is made for several at once.
    if (first > 0) lines = lines.slice(Math.max(first, Math.min(500, lines.length - 1)));
  };
  const say = (instance: number, text: string) =>
    add({ instance, isSaid: true, isError: false, process: '', text });
  const addOf = ({ instance, isError, process }: OpenSource, texts: readonly string[]) => {
    for (const text of texts) add({ instance, isSaid: false, isError, process, text });
  };

  return {
    take(event) {
      switch (event.kind) {
        case 'source': {
          const { instance, process, run, source, stream, task } = event;
          const path = `.logs/${process}/${run}/${stream}`;
          const isError = stream === 'stderr';
          open.set(source, { task, instance, path, process, isError, assembler: lineAssembler() });
          processes.add(process);
          files.set(`${task} ${path}`, { task, instance, path });
          break;
        }
        case 'data': {
          const source = open.get(event.source);
          if (source) addOf(source, source.assembler.take(event.text));
          break;
        }
        case 'end': {
          const source = open.get(event.source);
          if (source) addOf(source, source.assembler.rest());
          open.delete(event.source);
          break;
        }
        case 'rotated':
          if (event.lost) say(open.get(event.source)?.instance ?? 0, 'lines are missing here');
          break;
        case 'state':
          say(event.instance, `${event.status}${event.message ? `: ${event.message}` : ''}`);
          break;
        case 'trouble':
          say(event.instance, event.retried ? `${event.text}; tried again` : event.text);
          break;
        case 'well':
          say(event.instance, 'read again');
          break;
        case 'left':
          say(event.instances[0] ?? 0, `${event.instances.length} more instances are not shown at once`);
          break;
        case 'over':
          over = true;
          if (event.tasks === 0) say(0, 'no task of this kind');
          break;
      }
    },
    lines: () => lines,
    sources: () => [...files.values()],
    processes: () => [...processes].sort(),
    isOver: () => over,
  };
}

/** Makes a test for lines that contain a text or match a `/regex/`, ignoring case; undefined for an invalid regex. */
export function lineFilter(wanted: string): ((line: LogLine) => boolean) | undefined {
  if (wanted === '') return () => true;
  const [, source] = /^\/(.+)\/$/.exec(wanted) ?? [];
  if (source === undefined) {
    const lower = wanted.toLowerCase();
    return ({ text }) => plainText(text).toLowerCase().includes(lower);
  }
  try {
    const expression = new RegExp(source, 'i');
    return ({ text }) => expression.test(plainText(text).slice(0, 10_000));
  } catch {
    return undefined;
  }
}
