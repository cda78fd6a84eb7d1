import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessLogger } from '../../api/thermos/model.ts';
import type { Clock } from '../../base/clock.ts';
import type { Account } from './account.ts';
import { createLogDirectory, openLog } from './log-files.ts';
import { consoleSink, everySink, fileSink, type LogSink, lossySink } from './piped-log.ts';
import { rotatingSink } from './rotating-log.ts';
import { openTaps } from './tap.ts';

const STREAMS = ['stdout', 'stderr'] as const;
type Stream = (typeof STREAMS)[number];

/** Gives a sink for each run and stream, which gets the output besides the files that it goes to. */
export type Onlooker = (process: string, run: number, stream: Stream) => LogSink;

/** How the output of one run is wired. */
export interface RunOutput {
  /** Standard output and standard error, for spawn's `stdio`. */
  readonly stdio: readonly [number | 'ignore', number | 'ignore'];
  /** Closes our copies of the process's descriptors; call it once the process has been started. */
  release(): void;
  /** Call it when the process has ended; calls back when its output is complete, or after a time limit. */
  finish(done: () => void): void;
}

/** Where the output of a run goes, and who owns it. */
interface OutputOptions {
  readonly sandbox: string;
  readonly process: string;
  readonly run: number;
  readonly logger: ProcessLogger;
  readonly owner: Account | undefined;
  readonly clock: Clock;
  readonly onlooker?: Onlooker | undefined;
  /** Called when some output is lost or not kept as it should be. */
  readonly onFault: (stream: Stream, error: unknown) => void;
}

/** How long to wait for output that a process outside the run's group still holds open. */
const DRAIN_MS = 500;

function pipedSink(stream: Stream, path: string, options: OutputOptions): LogSink {
  const { logger, owner } = options;
  const fault = (error: unknown) => options.onFault(stream, error);
  const rotating = () =>
    rotatingSink(path, {
      ...logger,
      file: openLog(path, 'truncate', owner),
      create: (at) => openLog(at, 'create', owner),
      onFault: fault,
    });
  const file = lossySink(
    logger.mode === 'rotate' ? rotating() : fileSink(openLog(path, 'append', owner)),
    fault,
  );
  return logger.destination === 'both' ? everySink(file, consoleSink(process[stream])) : file;
}

/** Sends output to the onlooker instead of the executor's own console, and to the file if the logger asks for one. */
function watchedSink(stream: Stream, path: string, options: OutputOptions, onlooker: Onlooker): LogSink {
  const { logger, process, run } = options;
  const shown = onlooker(process, run, stream);
  if (logger.destination === 'none' || logger.destination === 'console') return shown;
  const kept = pipedSink(stream, path, { ...options, logger: { ...logger, destination: 'file' } });
  return everySink(kept, shown);
}

function pipedOutput(directory: string, options: OutputOptions): RunOutput {
  const taps = openTaps(
    STREAMS.map((stream) => {
      const path = join(directory, stream);
      const { onlooker } = options;
      const sink = onlooker ? watchedSink(stream, path, options, onlooker) : pipedSink(stream, path, options);
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

const NO_OUTPUT: RunOutput = {
  stdio: ['ignore', 'ignore'],
  release: () => {},
  finish: (done) => done(),
};

function preparedOutput(options: OutputOptions): RunOutput {
  const { logger, owner } = options;
  const directory = createLogDirectory(options.sandbox, options.process, options.run, owner);
  if (options.onlooker) return pipedOutput(directory, options);
  if (logger.destination === 'none') return NO_OUTPUT;
  if (logger.destination === 'console') return { ...NO_OUTPUT, stdio: [1, 2] };
  if (logger.destination === 'both' || logger.mode === 'rotate') return pipedOutput(directory, options);
  const [stdout, stderr] = STREAMS.map((stream) => openLog(join(directory, stream), 'append', owner)) as [
    number,
    number,
  ];
  const release = () => [stdout, stderr].forEach((file) => void closeSync(file));
  return { ...NO_OUTPUT, stdio: [stdout, stderr], release };
}

/**
 * Prepares the output of a run: always a directory, and files as the logger says. Source: the original's destinations
 * and modes; `console` is never rotated. If this fails the task runs without logs, and the fault goes to `onFault`.
 */
export function runOutput(options: OutputOptions): RunOutput {
  try {
    return preparedOutput(options);
  } catch (error) {
    options.onFault('stdout', error);
    return NO_OUTPUT;
  }
}
