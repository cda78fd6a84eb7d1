import type { Clock } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { type FileState, type Files, OPEN_SECRET, readableByOthers } from '../../tls/files.ts';
import type { Counters } from '../metrics/counters.ts';

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
  /** Whether a secret file that others may read is refused rather than warned of. */
  readonly refuseReadable: boolean;
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
    if (!settings.secret && (mode & 0o022) !== 0)
      log.warn({ file: path }, 'other users of this machine may write the file: chmod 644 it');
    if (settings.secret && (mode & 0o077) !== 0) log.warn({ file: path }, OPEN_SECRET);
    return value;
  };
  /** @throws AuroraError CONFIG */
  const refuseOpen = ({ mode }: FileState): void => {
    if (settings.refuseReadable && settings.secret && (mode & 0o077) !== 0) throw readableByOthers(path);
  };
  const load = async (state: FileState): Promise<T> => {
    refuseOpen(state);
    return taken(await settings.parse(await files.read(path), path), state);
  };
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
      refuseOpen(state);
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
