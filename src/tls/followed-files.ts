import type { Clock, Timer } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type Files, OPEN_SECRET, readableByOthers } from './files.ts';

export interface FollowedFilesSettings<T> {
  /** All files that make up a version; the first is named in log lines. */
  readonly paths: readonly string[];
  /** Those that other users must not be able to read. */
  readonly secret: readonly string[];
  /** Whether a version with a secret that others may read is refused; default is a warning. */
  readonly refuseReadable?: boolean | undefined;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the files are, as in "the new files for TLS". */
  readonly what: string;
  /** @throws AuroraError CONFIG; its message must not quote a secret. */
  read(): Promise<T>;
  /** Tells the operator what is to be known about a version that was accepted. */
  judge(version: T): void;
  /** Called once for every new version that cannot be used. */
  onBad(): void;
}

/** Files that are read together, and again when one of them changes. */
export interface FollowedFiles<T> {
  readonly first: T;
  /**
   * Calls `take` with each new version.
   * @returns a function that ends this.
   */
  follow(take: (version: T) => void): () => void;
}

/** Interval between two checks of the files. */
const LOOK_MS = 1000;
/**
 * Files changed less than this ago wait for a later check: they may be half written, or the other one of a pair still
 * missing.
 */
const SETTLED_MS = 1000;

/**
 * Reads the files now, and again whenever they have changed. A good new version is handed on; a bad one is reported
 * once, and the previous version stays in use.
 * @throws AuroraError CONFIG when the first version is unusable.
 */
export async function followFiles<T>(settings: FollowedFilesSettings<T>): Promise<FollowedFiles<T>> {
  const { clock, files, log, paths, secret, what } = settings;
  const [file] = paths;
  const stateNow = async () => {
    const states = await Promise.all(paths.map((path) => files.state(path)));
    return {
      version: states.map(({ version }) => version).join(' / '),
      changedMs: Math.max(...states.map(({ changedMs }) => changedMs)),
      readable: paths.filter((path, at) => secret.includes(path) && ((states[at]?.mode ?? 0) & 0o077) !== 0),
    };
  };
  const taken = (version: T, readable: readonly string[]): T => {
    settings.judge(version);
    for (const path of readable)
      if (settings.refuseReadable) throw readableByOthers(path);
      else log.warn({ file: path }, OPEN_SECRET);
    return version;
  };
  const start = await stateNow().catch((cause) => {
    throw new AuroraError('CONFIG', `one of ${what} cannot be read: ${messageOf(cause)}`, { cause });
  });
  const first = taken(await settings.read(), start.readable);
  let seen = start.version;
  let trouble = '';
  const newVersion = async (): Promise<T | undefined> => {
    const before = await stateNow();
    const ageMs = clock.nowMs() - before.changedMs;
    if (before.version === seen || (ageMs >= 0 && ageMs < SETTLED_MS)) return undefined;
    const version = await settings.read().catch((error) => error as Error);
    // The files changed while they were read; the next check reads them again.
    if ((await stateNow()).version !== before.version) return undefined;
    seen = before.version;
    if (version instanceof Error) throw version;
    trouble = '';
    return taken(version, before.readable);
  };
  const failed = (error: unknown) => {
    const why = messageOf(error);
    if (why === trouble) return;
    trouble = why;
    settings.onBad();
    log.error({ file }, `the new version of ${what} is not good: ${why}; the one before stays in force`);
  };
  return {
    first,
    follow(take) {
      let ended = false;
      let timer: Timer;
      const look = async () => {
        try {
          const version = await newVersion();
          if (ended) return;
          if (version !== undefined) {
            take(version);
            log.info({ file }, 'certificate and key were read again');
          }
        } catch (error) {
          if (!ended) failed(error);
        }
        if (!ended) arm();
      };
      const arm = () => {
        timer = clock.after(LOOK_MS, () => void look());
      };
      arm();
      return () => {
        ended = true;
        timer.cancel();
      };
    },
  };
}
