/**
 * Sinks for output that passes through the executor because it is copied to two places or rotated. In the usual case,
 * plain files, processes write them directly and nothing here is used.
 */
import { closeSync, writeSync } from 'node:fs';

/**
 * Takes what a process wrote. Calls after `close` do nothing, because the descriptor may belong to another file by
 * then.
 */
export interface LogSink {
  /** @throws an error of the file system */
  write(chunk: Uint8Array): void;
  close(): void;
}

/** Writes a whole chunk. A regular file takes less only when the disk is full, and then the next write throws. */
export function writeAll(file: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
}

/** Closes a file and ignores errors. */
export function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // A full disk was reported by the write already.
  }
}

const unheard = () => {};

/** Copies to one of the executor's own outputs, which stays open; errors there are ignored. */
export function consoleSink(output: NodeJS.WriteStream): LogSink {
  if (!output.listeners('error').includes(unheard)) output.on('error', unheard);
  return { write: (chunk) => void output.write(chunk), close: () => {} };
}

/** Writes to an open file; `close` closes it. */
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

/** Wraps a sink so that output which cannot be written is dropped. `onFault` is told once until a write works again. */
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

/** Writes the same to several sinks, none of which may throw. */
export const everySink = (...sinks: readonly LogSink[]): LogSink => ({
  write: (chunk) => sinks.forEach((sink) => void sink.write(chunk)),
  close: () => sinks.forEach((sink) => void sink.close()),
});
