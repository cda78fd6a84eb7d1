/**
 * Output that passes through the executor because it is copied to two places or cut into files of a bounded size.
 * Plain files, the usual case, do not come here: processes write them themselves.
 */
import { closeSync, writeSync } from 'node:fs';

/** Takes what a process wrote. Calls after `close` do nothing; the number of a closed file belongs to somebody else. */
export interface LogSink {
  /** @throws an error of the file system */
  write(chunk: Uint8Array): void;
  close(): void;
}

/** Of an open file. A regular file takes less than it is given only when the disk is full, and says so next time. */
export function writeAll(file: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
}

/** Closes a file; what the system says about it changes nothing. */
export function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // A disk that was full says so once more.
  }
}

const unheard = () => {};

/** Copies to one of the executor's own outputs, which is left open; it does no harm when nobody listens there. */
export function consoleSink(output: NodeJS.WriteStream): LogSink {
  if (!output.listeners('error').includes(unheard)) output.on('error', unheard);
  return { write: (chunk) => void output.write(chunk), close: () => {} };
}

/** Writes to an open file and closes it in the end. */
export function fileSink(opened: number): LogSink {
  let file: number | undefined = opened;
  return {
    write(chunk) {
      if (file !== undefined) writeAll(file, chunk);
    },
    close() {
      if (file !== undefined) closeQuietly(file);
      file = undefined;
    },
  };
}

/** A sink that drops what cannot be kept, a full disk for example, and tells why, once until it works again. */
export function lossySink(sink: LogSink, onFault: (error: unknown) => void): LogSink {
  let failed = false;
  return {
    write(chunk) {
      try {
        sink.write(chunk);
        failed = false;
      } catch (error) {
        if (!failed) onFault(error);
        failed = true;
      }
    },
    close: sink.close,
  };
}

/** Writes the same to several, none of which may throw. */
export const everySink = (...sinks: readonly LogSink[]): LogSink => ({
  write: (chunk) => sinks.forEach((sink) => void sink.write(chunk)),
  close: () => sinks.forEach((sink) => void sink.close()),
});
