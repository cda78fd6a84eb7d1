/**
 * What `GET /api/view/logs` streams, as server-sent events: one line of JSON each, its `kind` as the event's name. The
 * client follows files itself when there is no such scheduler, and makes the same events then.
 */

export type LogStreamName = 'stdout' | 'stderr';

/** Where a reader is in a file. */
export interface LogOffset {
  /** Bytes of the file that it has, of the file that has that name now or had it when they were read. */
  readonly offset: number;
  /** Of the last bytes before `offset`, by which a file is known again that was rotated meanwhile. */
  readonly check: string;
  /** Tells files of one name apart, where whoever reads them to us can. */
  readonly generation?: string | undefined;
}

/** One file: what a run of a process wrote to one of its streams. */
export interface LogFileName {
  readonly process: string;
  readonly run: number;
  readonly stream: LogStreamName;
}

export type LogEvent =
  /**
   * A task is followed from here on. Its files are shown from the beginning when it is `late`: it began while the view was
   * open. Of others that holds for what they write to after `opened`, when their files were found once.
   */
  | {
      readonly kind: 'task';
      readonly late: boolean;
      readonly task: string;
      readonly instance: number;
      readonly status: string;
      readonly host?: string | undefined;
    }
  | { readonly kind: 'opened'; readonly task: string }
  /** The state of a task changed. `atMs` is when. */
  | {
      readonly kind: 'state';
      readonly task: string;
      readonly instance: number;
      readonly status: string;
      readonly host?: string | undefined;
      readonly message?: string | undefined;
      readonly atMs: number;
      /** How long it ran, of one that is over. */
      readonly ranMs?: number | undefined;
    }
  /** A file, which later events of this connection call by the number; read from `position` on. */
  | ({
      readonly kind: 'source';
      readonly source: number;
      readonly task: string;
      readonly instance: number;
      readonly position: LogOffset;
    } & LogFileName)
  /** A part of the file; whole characters of UTF-8, what is none became U+FFFD. `position` is behind it. */
  | {
      readonly kind: 'data';
      readonly source: number;
      readonly text: string;
      readonly position: LogOffset;
    }
  /** The next data are of the next file of the name, from its beginning; `lost` when bytes between are gone. */
  | { readonly kind: 'rotated'; readonly source: number; readonly lost: boolean }
  /** Nothing more will come of this file. */
  | { readonly kind: 'end'; readonly source: number }
  /** Everything of the task was read, or cannot be. */
  | { readonly kind: 'closed'; readonly task: string; readonly instance: number }
  /** The files of a task cannot be read just now (`retried`), or at all. */
  | {
      readonly kind: 'trouble';
      readonly task: string;
      readonly instance: number;
      readonly text: string;
      readonly retried: boolean;
    }
  | { readonly kind: 'well'; readonly task: string; readonly instance: number }
  /** Instances that are not shown, since no more are shown at once. */
  | { readonly kind: 'left'; readonly instances: readonly number[] }
  /** The last event: nothing more will come. `tasks` how many there were. */
  | { readonly kind: 'over'; readonly tasks: number };

/** Where a reader of a whole view is; what it sends to go on after a lost connection. */
export interface LogResume {
  /** Tasks that were told of; true for those that are late or opened, so that what is new of them is read whole. */
  readonly tasks: Readonly<Record<string, boolean>>;
  /** Tasks of which everything was read. */
  readonly closed: readonly string[];
  /** By task, then by `process/run/stream`. */
  readonly files: Readonly<Record<string, Readonly<Record<string, LogOffset>>>>;
}

/** A part of the instances: every one of which the number leaves `rest` when it is divided by `of`. */
export interface LogPart {
  readonly rest: number;
  readonly of: number;
}

/** What is wanted; the body of `POST /api/view/logs`, and in the query of the GET. */
export interface LogRequest {
  /** One job, or tasks by their ids. */
  readonly job?: { readonly role: string; readonly environment: string; readonly name: string } | undefined;
  readonly tasks?: readonly string[] | undefined;
  readonly instances?: readonly number[] | undefined;
  readonly exclude?: readonly number[] | undefined;
  readonly part?: LogPart | undefined;
  /** Of live tasks, of those that have ended, or of the last one of each instance that has. */
  readonly which?: 'live' | 'dead' | 'previous' | undefined;
  readonly process?: string | undefined;
  readonly run?: number | undefined;
  readonly streams?: readonly LogStreamName[] | undefined;
  /** Lines of what is there already; absent for all. */
  readonly tail?: number | undefined;
  /** Epoch milliseconds; files that were not written to since are left out, runs that began since are shown whole. */
  readonly sinceMs?: number | undefined;
  readonly follow?: boolean | undefined;
  readonly resume?: LogResume | undefined;
}

/** The key of a file in `LogResume`. */
export const logFileKey = ({ process, run, stream }: LogFileName): string => `${process}/${run}/${stream}`;

/** An event as it stands in the stream. */
export const writtenLogEvent = (event: LogEvent): string =>
  `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/** Reads a stream of events from its parts; what is left over is a part of the next one. */
export function logEventReader(): (text: string) => LogEvent[] {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const line = block.split('\n').find((one) => one.startsWith('data: '));
      return line === undefined ? [] : [JSON.parse(line.slice('data: '.length)) as LogEvent];
    });
  };
}
