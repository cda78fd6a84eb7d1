import { spawnSync } from 'node:child_process';
import { chownSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { AuroraError } from '../../base/errors.ts';
import type { Account } from './account.ts';
import type { LogSink } from './piped-log.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** A pipe whose writing end is given to a process. */
interface Tap {
  /** Descriptor for the process; close it here once the process has it. */
  readonly writeEnd: number;
  /** Calls back when all writers are gone and everything is read; at once if that is so already. */
  whenDry(done: () => void): void;
  /** Stops reading, even if somebody may still write. */
  cut(): void;
}

/**
 * Creates named pipes, opens them and removes their names again. Node's own pipes to children will not do: they are
 * sockets, which a command cannot open as /dev/stdout.
 * @param taps each with an unused path in a directory of the run
 * @throws AuroraError EXECUTOR when mkfifo does not work
 */
export function openTaps(
  taps: readonly { readonly path: string; readonly sink: LogSink }[],
  owner: Account | undefined,
): Tap[] {
  const made = spawnSync('mkfifo', ['-m', '600', '--', ...taps.map(({ path }) => path)], {
    encoding: 'utf8',
  });
  if (made.status !== 0) {
    throw new AuroraError(
      'EXECUTOR',
      `the pipes for the output could not be made: ${made.stderr ?? made.error}`,
    );
  }
  return taps.map(({ path, sink }) => {
    if (owner) chownSync(path, owner.uid, owner.gid);
    const readEnd = openSync(path, O_RDONLY | O_NONBLOCK);
    const writeEnd = openSync(path, O_WRONLY);
    unlinkSync(path);
    const stream = new Socket({ fd: readEnd, readable: true, writable: false });
    stream.on('data', (chunk: Buffer) => sink.write(chunk));
    stream.on('error', () => stream.destroy());
    stream.once('close', () => sink.close());
    return {
      writeEnd,
      whenDry: (done) => void (stream.closed ? done() : stream.once('close', done)),
      cut: () => void stream.destroy(),
    };
  });
}
