import { isatty } from 'node:tty';
import { type LogEvent, type LogFileName, logFileKey } from '../api/views/log-event.ts';
import { harmless, type LineAssembler, lineAssembler } from '../base/log-lines.ts';
import { durationText } from './duration-text.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';

export interface LogPrinterOptions {
  /** The job's name, shown before the number of an instance. */
  readonly name: string;
  readonly json: boolean;
  readonly prefix: boolean;
  /** Show the time at which each line arrived, because the files hold no times. */
  readonly times: boolean;
  readonly grep?: RegExp | undefined;
  readonly exclude?: RegExp | undefined;
  readonly color?: boolean | undefined;
}

/** What was seen, from which the exit code follows. */
export interface SeenLogs {
  /** The number of files that were read. */
  readonly files: number;
  /** Whether tasks failed or were lost. */
  readonly failed: boolean;
  /** The number of tasks of which nothing could be read. */
  readonly unread: number;
}

export interface LogPrinter {
  /** `road` is the number of the connection, because each connection numbers its files from the start. */
  event(road: number, event: LogEvent): void;
  /** Prints a message of the command itself. */
  note(text: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Prints lines that have no line break yet. */
  flush(): void;
  seen(): SeenLogs;
}

interface PrintedFile {
  readonly task: string;
  readonly instance: number;
  readonly file: LogFileName;
  readonly lines: LineAssembler;
}

/** Codes of colours that are easy to tell apart, on dark and on light backgrounds. */
const HUES = [36, 33, 32, 35, 34, 31, 96, 93, 92, 95, 94, 91];
/** States that are not reported, because they pass in a moment. */
const QUIET_STATES = new Set(['INIT', 'ASSIGNED', 'STARTING']);
const NARROW_COLUMNS = 60;

/** Prints lines of logs to stdout and messages about them to stderr, each line in one write. */
export function logPrinter(session: Session, options: LogPrinterOptions): LogPrinter {
  const { clock, complain, env, print } = session;
  const { exclude, grep, json, name, times } = options;
  const isTerminal = isatty(session.stdio[1]);
  const isColoured = styleOf(env, { isTerminal, color: options.color }).paint('red', 'x') !== 'x';
  const isNarrow = (session.terminal()?.size().columns ?? NARROW_COLUMNS) < NARROW_COLUMNS;
  const isPrefixed = options.prefix && !isNarrow;
  const files = new Map<string, PrintedFile>();
  const byNumber = new Map<string, PrintedFile>();
  const unread = new Set<string>();
  const instances = new Map<string, number>();
  let failed = false;
  let read = 0;
  let nameWidth = 0;
  let processWidth = 0;

  const at = () => new Date(clock.nowMs()).toISOString();
  const painted = (instance: number, text: string) =>
    isColoured ? `\x1b[${HUES[instance % HUES.length]}m${text}\x1b[0m` : text;
  const nameOf = (instance: number) => `${name}/${instance}`;

  const prefixOf = ({ file, instance }: PrintedFile): string => {
    const process = `${file.process}${file.stream === 'stderr' ? '!' : ''}`;
    const shown = `${nameOf(instance).padEnd(nameWidth)} ${process.padEnd(processWidth)}`;
    return `${painted(instance, shown)} `;
  };

  const show = (from: PrintedFile, lines: readonly string[]) => {
    const wanted = lines.filter((line) => (!grep || grep.test(line)) && !exclude?.test(line));
    if (wanted.length === 0) return;
    if (json) {
      const { file, instance, task } = from;
      print(
        wanted
          .map((line) => `${JSON.stringify({ type: 'line', at: at(), instance, task, ...file, line })}\n`)
          .join(''),
      );
      return;
    }
    const before = `${times ? `${at()} ` : ''}${isPrefixed ? prefixOf(from) : ''}`;
    print(wanted.map((line) => `${before}${isTerminal ? harmless(line) : line}\n`).join(''));
  };

  const note: LogPrinter['note'] = (text, fields) => {
    if (json) print(`${JSON.stringify({ type: 'note', at: at(), ...fields, text })}\n`);
    else complain(`-- ${harmless(text)}\n`);
  };

  const began = (road: number, event: Extract<LogEvent, { kind: 'source' }>) => {
    const { instance, process, run, stream, task } = event;
    const file = { process, run, stream };
    const key = `${task} ${logFileKey(file)}`;
    const known = files.get(key) ?? { task, instance, file, lines: lineAssembler() };
    if (!files.has(key)) read++;
    files.set(key, known);
    byNumber.set(`${road} ${event.source}`, known);
    nameWidth = Math.max(nameWidth, nameOf(instance).length);
    processWidth = Math.max(processWidth, process.length + (stream === 'stderr' ? 1 : 0));
    unread.delete(task);
  };

  const changed = (event: Extract<LogEvent, { kind: 'state' }>) => {
    const { host, instance, message, ranMs, status, task } = event;
    if (status === 'FAILED' || status === 'LOST') failed = true;
    if (QUIET_STATES.has(status)) return;
    const where = host !== undefined && ranMs === undefined ? ` on ${host}` : '';
    const ran = ranMs === undefined ? '' : ` after ${durationText(ranMs)}`;
    const why = message ? `: ${message.split('\n')[0]}` : '';
    note(`${nameOf(instance)} ${status}${where}${ran}${why}`, { instance, task, status, host });
  };

  const event = (road: number, one: LogEvent) => {
    switch (one.kind) {
      case 'task':
        instances.set(one.task, one.instance);
        if (one.status === 'FAILED' || one.status === 'LOST') failed = true;
        if (one.late)
          note(`${nameOf(one.instance)} starts anew${one.host ? ` on ${one.host}` : ''}: ${one.status}`, {
            instance: one.instance,
            task: one.task,
            status: one.status,
            host: one.host,
          });
        break;
      case 'state':
        changed(one);
        break;
      case 'source':
        began(road, one);
        break;
      case 'data': {
        const from = byNumber.get(`${road} ${one.source}`);
        if (from) show(from, from.lines.take(one.text));
        break;
      }
      case 'rotated': {
        const from = byNumber.get(`${road} ${one.source}`);
        if (!from) break;
        if (one.lost) {
          show(from, from.lines.rest());
          note(
            `${nameOf(from.instance)} ${from.file.process}: the file was cut or removed, what came before is shown as far as it was read`,
          );
        }
        break;
      }
      case 'end': {
        const from = byNumber.get(`${road} ${one.source}`);
        if (!from) break;
        show(from, from.lines.rest());
        byNumber.delete(`${road} ${one.source}`);
        break;
      }
      case 'closed':
        for (const [key, { task }] of files) if (task === one.task) files.delete(key);
        break;
      case 'trouble':
        if (!one.retried) unread.add(one.task);
        note(`${nameOf(one.instance)}: ${one.text}${one.retried ? '; trying again' : ''}`, {
          instance: one.instance,
          task: one.task,
        });
        break;
      case 'well':
        note(`${nameOf(one.instance)}: its logs can be read again`, {
          instance: one.instance,
          task: one.task,
        });
        break;
      case 'left':
        note(
          `${one.instances.length} more instances are not shown (--max-streams): ${one.instances.slice(0, 20).join(', ')}`,
          { instances: one.instances },
        );
        break;
    }
  };

  return {
    event,
    note,
    flush() {
      for (const file of files.values()) show(file, file.lines.rest());
    },
    seen: () => ({ files: read, failed, unread: unread.size }),
  };
}
