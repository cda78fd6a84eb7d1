import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessLogger } from '../../api/thermos/model.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Account } from './account.ts';
import { createLogDirectory, openLog } from './log-files.ts';
import { consoleSink, everySink, fileSink, type LogSink, rotatingSink } from './piped-log.ts';
import { openTaps } from './tap.ts';

const STREAMS = ['stdout', 'stderr'] as const;
type Stream = (typeof STREAMS)[number];

/** How the output of one run is wired. */
export interface RunOutput {
  /** For `stdio` of spawn: standard output, standard error. */
  readonly stdio: readonly [number | 'ignore', number | 'ignore'];
  /** Closes our copies of what the process was given; to be called once it has been started. */
  release(): void;
  /** To be called when the process has ended: calls back when its output is complete, after a while in any case. */
  finish(done: () => void): void;
}

/** What a run logs to and as whom. */
interface OutputOptions {
  readonly sandbox: string;
  readonly process: string;
  readonly run: number;
  readonly logger: ProcessLogger;
  readonly owner: Account | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long output is waited for that a process outside the run's group still holds open. */
const DRAIN_MS = 500;

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

function pipedOutput(directory: string, options: OutputOptions): RunOutput {
  const taps = openTaps(
    STREAMS.map((stream) => {
      const sink = pipedSink(stream, join(directory, stream), options);
      return { path: join(directory, `.${stream}.pipe`), sink };
    }),
    options.owner,
  );
  const [stdout, stderr] = taps.map(({ writeEnd }) => writeEnd) as [number, number];
  return {
    stdio: [stdout, stderr],
    release: () => [stdout, stderr].forEach((file) => void closeSync(file)),
    finish(done) {
      const limit = options.clock.after(DRAIN_MS, () => taps.forEach((tap) => void tap.cut()));
      let open = taps.length;
      for (const tap of taps) {
        tap.whenDry(() => {
          if (--open > 0) return;
          limit.cancel();
          done();
        });
      }
    },
  };
}

/**
 * Prepares the output of a run: a directory in every case, and files as the logger says. Source: the original's
 * destinations and modes; `console` is never rotated.
 * @throws AuroraError EXECUTOR, or an error of the file system
 */
export function runOutput(options: OutputOptions): RunOutput {
  const { logger, owner } = options;
  const directory = createLogDirectory(options.sandbox, options.process, options.run, owner);
  const direct = { release: () => {}, finish: (done: () => void) => done() };
  if (logger.destination === 'none') return { stdio: ['ignore', 'ignore'], ...direct };
  if (logger.destination === 'console') return { stdio: [1, 2], ...direct };
  if (logger.destination === 'both' || logger.mode === 'rotate') return pipedOutput(directory, options);
  const [stdout, stderr] = STREAMS.map((stream) => openLog(join(directory, stream), 'append', owner)) as [
    number,
    number,
  ];
  const release = () => [stdout, stderr].forEach((file) => void closeSync(file));
  return { ...direct, stdio: [stdout, stderr], release };
}
