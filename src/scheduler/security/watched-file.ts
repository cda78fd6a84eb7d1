import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';

/** Identifies the current version of a file. */
export interface FileState {
  /** Differs after every change. */
  readonly version: string;
  /** Time of the last change of content or attributes, epoch milliseconds. */
  readonly changedMs: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface Files {
  state(path: string): Promise<FileState>;
  read(path: string): Promise<string>;
}

export const systemFiles: Files = {
  async state(path) {
    const { ctimeMs, ctimeNs, ino, mode, mtimeNs, size } = await stat(path, { bigint: true });
    return {
      version: `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
      changedMs: Number(ctimeMs),
      mode: Number(mode) & 0o777,
    };
  },
  read: (path) => readFile(path, 'utf8'),
};

/** The parsed content of a file, read again when the file changes. */
export interface Watched<T> {
  /** At most a moment old. Returns a promise only when it is time to check the file. Never rejects. */
  current(): T | Promise<T>;
}

export interface WatchedSettings<T> {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly files: Files;
  /** @throws AuroraError CONFIG; its message must not quote the text. */
  parse(text: string, path: string): T | Promise<T>;
  /** Whether other users must not be able to read the file. */
  readonly secret: boolean;
  /** What an operator should know about a version that was accepted. */
  warnings(value: T): readonly string[];
}

/** Least time between two checks of the file. */
const LOOK_MS = 1000;
/** A file changed less than this ago may be half written; a permission that is cut short would permit more. */
const SETTLED_MS = 1000;

const FAILURES = 'security_file_failures';

/**
 * Reads the file now, and again after it changes, when somebody asks for it. A version that cannot be read or parsed is
 * reported once, and the previous version stays in use.
 * @throws AuroraError CONFIG when the first version is bad.
 */
export async function watchFile<T>(settings: WatchedSettings<T>): Promise<Watched<T>> {
  const { clock, counters, files, log, path } = settings;
  counters.add(FAILURES, 0);
  const taken = (value: T, { mode }: FileState): T => {
    for (const text of settings.warnings(value)) log.warn({ file: path }, text);
    if ((mode & (settings.secret ? 0o077 : 0o022)) !== 0)
      log.warn(
        { file: path },
        `other users of this machine may ${settings.secret ? 'read' : 'write'} the file: chmod ${settings.secret ? '600' : '644'} it`,
      );
    return value;
  };
  const load = async (state: FileState): Promise<T> =>
    taken(await settings.parse(await files.read(path), path), state);
  let seen: string;
  let value: T;
  try {
    const state = await files.state(path);
    seen = state.version;
    value = await load(state);
  } catch (error) {
    if (error instanceof AuroraError) throw error;
    throw new AuroraError('CONFIG', `the file cannot be read: ${messageOf(error)}`, {
      where: path,
      cause: error,
    });
  }
  let lookedMs = clock.monotonicMs();
  let looking: Promise<T> | undefined;
  let trouble = '';
  const failed = (what: string) => {
    if (what === trouble) return;
    trouble = what;
    counters.add(FAILURES);
    log.error({ file: path }, `${what}; what was read before stays in force`);
  };
  const look = async (): Promise<T> => {
    try {
      const state = await files.state(path);
      if (state.version === seen) return value;
      const age = clock.nowMs() - state.changedMs;
      if (age >= 0 && age < SETTLED_MS) return value;
      const text = await files.read(path);
      // The file changed while it was read; the next check reads it again.
      if ((await files.state(path)).version !== state.version) return value;
      seen = state.version;
      trouble = '';
      value = taken(await settings.parse(text, path), state);
      log.info({ file: path }, 'the file was read again');
    } catch (error) {
      failed(`the new version of ${path} is not good: ${messageOf(error)}`);
    }
    return value;
  };
  return {
    current() {
      if (looking) return looking;
      const nowMs = clock.monotonicMs();
      if (nowMs - lookedMs < LOOK_MS) return value;
      lookedMs = nowMs;
      looking = look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}
