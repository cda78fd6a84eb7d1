/**
 * The stream of `GET /api/view/logs`: server-sent events, each with one line of JSON; the event's name is its `kind`.
 * When the scheduler lacks this view, the client follows the files itself and produces the same events.
 */

export type LogStreamName = 'stdout' | 'stderr';

/** A reader's position in a file. */
export interface LogOffset {
  /** How many bytes have been read; counted in the file that had this name when they were read. */
  readonly offset: number;
  /** A checksum of the last bytes before `offset`; it identifies the file after a rotation. */
  readonly check: string;
  /** Distinguishes files of the same name, if the server of the files can do that. */
  readonly generation?: string | undefined;
}

/** One file: the output of one run of a process to one stream. */
export interface LogFileName {
  readonly process: string;
  readonly run: number;
  readonly stream: LogStreamName;
}

export type LogEvent =
  /**
   * A task is followed from now on. If it is `late`, because it began while the view was open, its files are shown from
   * the beginning. For other tasks that applies to files written to after `opened`, which says that their files were
   * listed once. `fromMs` is when the view began, epoch milliseconds.
   */
  | {
      readonly kind: 'task';
      readonly late: boolean;
      readonly fromMs: number;
      readonly task: string;
      readonly instance: number;
      readonly status: string;
      readonly host?: string | undefined;
    }
  | { readonly kind: 'opened'; readonly task: string }
  /** The state of a task changed at `atMs`. */
  | {
      readonly kind: 'state';
      readonly task: string;
      readonly instance: number;
      readonly status: string;
      readonly host?: string | undefined;
      readonly message?: string | undefined;
      readonly atMs: number;
      /** How long the task ran; only for a task that has ended. */
      readonly ranMs?: number | undefined;
    }
  /** A file, read from `position` on. Later events of this connection refer to it by its number `source`. */
  | ({
      readonly kind: 'source';
      readonly source: number;
      readonly task: string;
      readonly instance: number;
      readonly position: LogOffset;
    } & LogFileName)
  /** A part of the file, in whole characters; invalid UTF-8 becomes U+FFFD. `position` is the end of the part. */
  | {
      readonly kind: 'data';
      readonly source: number;
      readonly text: string;
      readonly position: LogOffset;
    }
  /** The following data come from the next file of this name, from its beginning; `lost` if bytes between are gone. */
  | { readonly kind: 'rotated'; readonly source: number; readonly lost: boolean }
  /** The file is finished. */
  | { readonly kind: 'end'; readonly source: number }
  /** The task is finished: everything has been read, or cannot be. */
  | { readonly kind: 'closed'; readonly task: string; readonly instance: number }
  /** The files of a task cannot be read now (`retried`), or not at all. */
  | {
      readonly kind: 'trouble';
      readonly task: string;
      readonly instance: number;
      readonly text: string;
      readonly retried: boolean;
    }
  | { readonly kind: 'well'; readonly task: string; readonly instance: number }
  /** Instances that are not shown because of the limit of instances shown at once. */
  | { readonly kind: 'left'; readonly instances: readonly number[] }
  /** The last event. `tasks` is the number of tasks that there were. */
  | { readonly kind: 'over'; readonly tasks: number };

/** A reader's position in a whole view; sent to continue after a lost connection. */
export interface LogResume {
  /** When the first connection began, as events told: what has ended since belongs to the view. */
  readonly fromMs: number;
  /**
   * Tasks that were reported; true for those that are late or opened, so that their new files are read from the beginning.
   */
  readonly tasks: Readonly<Record<string, boolean>>;
  /** What was last told of the state of these tasks: one that changed meanwhile is told again. */
  readonly states?: Readonly<Record<string, string>> | undefined;
  /** Tasks that have been read completely. */
  readonly closed: readonly string[];
  /** By task, then by `process/run/stream`. */
  readonly files: Readonly<Record<string, Readonly<Record<string, LogOffset>>>>;
}

/** A part of the instances: those whose number modulo `of` is `rest`. */
export interface LogPart {
  readonly rest: number;
  readonly of: number;
}

/** What a client wants to see; the body of `POST /api/view/logs`, and in the query of the GET. */
export interface LogRequest {
  /** Select one job, or tasks by id. */
  readonly job?: { readonly role: string; readonly environment: string; readonly name: string } | undefined;
  readonly tasks?: readonly string[] | undefined;
  readonly instances?: readonly number[] | undefined;
  readonly exclude?: readonly number[] | undefined;
  readonly part?: LogPart | undefined;
  /** Live tasks, ended ones, or the last ended one of each instance. */
  readonly which?: 'live' | 'dead' | 'previous' | undefined;
  readonly process?: string | undefined;
  readonly run?: number | undefined;
  readonly streams?: readonly LogStreamName[] | undefined;
  /** How many existing lines to show; undefined means all. */
  readonly tail?: number | undefined;
  /** Epoch milliseconds: files not written to since are omitted; runs that began since are shown completely. */
  readonly sinceMs?: number | undefined;
  readonly follow?: boolean | undefined;
  readonly resume?: LogResume | undefined;
}

/** The key of a file in `LogResume`. */
export const logFileKey = ({ process, run, stream }: LogFileName): string => `${process}/${run}/${stream}`;

/** An event as written to the stream. */
export const writtenLogEvent = (event: LogEvent): string =>
  `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/** Parses a stream of events from its chunks; an incomplete event is kept for the next chunk. */
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
