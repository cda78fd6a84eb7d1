import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { ProcessLogger } from '../task/model.ts';
import type { Account } from './account.ts';
import { createLogDirectory, openLog } from './log-files.ts';
import { consoleSink, everySink, fileSink, type LogSink, rotatingSink } from './piped-log.ts';

const STREAMS = ['stdout', 'stderr'] as const;
type Stream = (typeof STREAMS)[number];

/** How the output of one run is wired: what the child gets, and what is to be done with it here. */
export interface RunOutput {
  /** For `stdio` of spawn: standard output, standard error. */
  readonly stdio: readonly [number | 'pipe' | 'ignore', number | 'pipe' | 'ignore'];
  /** Where piped output goes; empty when the child writes by itself. */
  readonly sinks: Readonly<Partial<Record<Stream, LogSink>>>;
  /** Closes our copies of the child's files; to be called once it has been started. */
  release(): void;
}

/** What a run logs to and as whom. */
export interface OutputOptions {
  readonly sandbox: string;
  readonly process: string;
  readonly run: number;
  readonly logger: ProcessLogger;
  readonly owner: Account | undefined;
  readonly log: Logger;
}

/** A full disk must not end the task: what cannot be kept is dropped, which is said once. */
function lossy(sink: LogSink, what: string, log: Logger): LogSink {
  let failed = false;
  return {
    write(chunk) {
      try {
        sink.write(chunk);
        failed = false;
      } catch (error) {
        if (!failed) log.warn({ error: messageOf(error) }, `output of ${what} is lost`);
        failed = true;
      }
    },
    close: sink.close,
  };
}

function pipedSink(stream: Stream, path: string, options: OutputOptions): LogSink {
  const { logger, owner, log, process: name } = options;
  const file =
    logger.mode === 'rotate'
      ? rotatingSink(path, (at) => openLog(at, 'truncate', owner), logger)
      : fileSink(openLog(path, 'append', owner));
  const sink = logger.destination === 'both' ? everySink(file, consoleSink(process[stream])) : file;
  return lossy(sink, `${name} (${stream})`, log);
}

/**
 * Prepares the output of a run: a directory in every case, and files as the logger says. Source: the original's
 * destinations and modes; `console` is never rotated.
 * @throws AuroraError EXECUTOR, or an error of the file system
 */
export function runOutput(options: OutputOptions): RunOutput {
  const { logger, owner } = options;
  const directory = createLogDirectory(options.sandbox, options.process, options.run, owner);
  const nothing = { sinks: {}, release: () => {} };
  if (logger.destination === 'none') return { stdio: ['ignore', 'ignore'], ...nothing };
  if (logger.destination === 'console') return { stdio: [1, 2], ...nothing };
  if (logger.destination === 'file' && logger.mode === 'standard') {
    const [out, err] = STREAMS.map((stream) => openLog(join(directory, stream), 'append', owner));
    const files = [out as number, err as number] as const;
    return { stdio: files, sinks: {}, release: () => files.forEach((file) => void closeSync(file)) };
  }
  const [stdout, stderr] = STREAMS.map((stream) => pipedSink(stream, join(directory, stream), options));
  return {
    stdio: ['pipe', 'pipe'],
    sinks: { stdout: stdout as LogSink, stderr: stderr as LogSink },
    release: () => {},
  };
}
