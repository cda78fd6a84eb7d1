import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';

/** Which version of a file is there. */
export interface FileState {
  /** Another one for every change. */
  readonly version: string;
  /** When it was last changed in any way, epoch milliseconds. */
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

/** What a file says, read again when it changes. */
export interface Watched<T> {
  /** At most a moment old; a promise only when it is time to look at the file. Never rejects. */
  current(): T | Promise<T>;
}

export interface WatchedSettings<T> {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly files: Files;
  /** @throws AuroraError CONFIG; the message must show nothing of the text. */
  parse(text: string, path: string): T | Promise<T>;
  /** Whether others must not read it. */
  readonly secret: boolean;
  /** What an operator should know about a version that was taken. */
  warnings(value: T): readonly string[];
}

/** Time between two looks at the file. */
const LOOK_MS = 1000;
/** A file that changed less than this ago may be half written: a permission cut short would permit more. */
const SETTLED_MS = 1000;

const FAILURES = 'security_file_failures';

/**
 * Reads the file now, and again after each change, when somebody asks. A version that cannot be read or understood is
 * reported once, and the one before stays.
 * @throws AuroraError CONFIG when the first version is not good.
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
      // Changed again meanwhile: the next look sees the whole of it.
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
