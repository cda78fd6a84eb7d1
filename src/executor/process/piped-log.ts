/**
 * Output that passes through the executor because it is copied to two places or cut into files of a bounded size.
 * Plain files, the usual case, do not come here: processes write them themselves.
 */
import { closeSync, existsSync, fstatSync, renameSync, writeSync } from 'node:fs';

/** Takes what a process wrote. */
export interface LogSink {
  write(chunk: Uint8Array): void;
  close(): void;
}

/** A regular file takes less than it is given only when the disk is full, and says so at the next attempt. */
function writeAll(file: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
}

const unheard = () => {};

/** Copies to one of the executor's own outputs, which is left open; it does no harm when nobody listens there. */
export function consoleSink(output: NodeJS.WriteStream): LogSink {
  if (!output.listeners('error').includes(unheard)) output.on('error', unheard);
  return { write: (chunk) => void output.write(chunk), close: () => {} };
}

/** Writes to an open file and closes it in the end. */
export const fileSink = (file: number): LogSink => ({
  write: (chunk) => writeAll(file, chunk),
  close: () => closeSync(file),
});

/**
 * Writes to `path`; once it holds `rotateBytes` it becomes `path.1`, what was there before `path.2` and so on up to
 * `backups`, and a new one is begun. A file may be larger by one chunk. Source: the original's rotation.
 * @param open opens `path` anew, empty
 */
export function rotatingSink(
  path: string,
  open: (path: string) => number,
  limits: { readonly rotateBytes: number; readonly backups: number },
): LogSink {
  let file = open(path);
  const rotate = () => {
    closeSync(file);
    for (let number = limits.backups - 1; number >= 1; number--) {
      if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    }
    renameSync(path, `${path}.1`);
    file = open(path);
  };
  return {
    write(chunk) {
      writeAll(file, chunk);
      if (fstatSync(file).size >= limits.rotateBytes) rotate();
    },
    close: () => closeSync(file),
  };
}

/** Writes the same to several. */
export const everySink = (...sinks: readonly LogSink[]): LogSink => ({
  write: (chunk) => sinks.forEach((sink) => void sink.write(chunk)),
  close: () => sinks.forEach((sink) => void sink.close()),
});
