import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { replaceFile } from '../../proc/replace-file.ts';
import { failureOf, openSession, persist, type ZooKeeperSession } from '../../zookeeper/index.ts';
import { type Log, openLocalLog, openZooKeeperLog } from '../storage/index.ts';
import type { EnsemblePlace } from './ensemble.ts';

/** The place where a scheduler's log is stored. */
export interface LogHome {
  readonly log: Log;
  /** Distinguishes this log from every other; created with the log and never changed. */
  identity(): Promise<string>;
  /** Closes what the log is built on; the log itself must be closed before. */
  close(): Promise<void>;
}

export interface LogHomeOptions {
  /** Undefined: the log is in `dataDir`. */
  readonly place: EnsemblePlace | undefined;
  readonly dataDir: string;
  readonly maxEntryBytes: number;
  /** Replaces the local log. */
  readonly openLog: (() => Promise<Log>) | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A random name, because ids of processes and machines may be reused. */
const newIdentity = () => randomUUID();

/** Reads or creates the file that names a data directory; the lock of the log keeps other processes out meanwhile. */
function directoryIdentity(dataDir: string): string {
  const path = join(dataDir, 'log-identity');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const identity = newIdentity();
  replaceFile(path, `${identity}\n`, { mode: 0o600, durable: true });
  return identity;
}

/** Reads or creates the node that names a log in ZooKeeper. If two create it at once, the first one's name stands. */
const nodeIdentity = (
  session: ZooKeeperSession,
  { path, access }: EnsemblePlace,
  { clock, random, log }: Pick<LogHomeOptions, 'clock' | 'random' | 'log'>,
) =>
  persist({
    session,
    clock,
    random,
    log,
    what: `identity of ${path}`,
    final: ['NO_AUTH', 'INVALID_ACL'],
    async run() {
      const node = `${path}/identity`;
      await session.makePath(path, access);
      try {
        await session.create(node, Buffer.from(newIdentity()), { access });
      } catch (error) {
        if (failureOf(error) !== 'NODE_EXISTS') throw error;
      }
      const found = await session.read(node);
      return found?.data.toString() ?? '';
    },
  });

/**
 * Opens the log where the flags say: in the data directory, or in ZooKeeper, there with a session of its own, so that a
 * long snapshot does not delay the election.
 * @throws AuroraError DATA_DIR_LOCKED, STORAGE
 */
export async function openLogHome(options: LogHomeOptions): Promise<LogHome> {
  const { clock, dataDir, log: logger, place, random } = options;
  if (place === undefined) {
    const log = await (options.openLog?.() ?? openLocalLog({ directory: dataDir, logger, clock }));
    return { log, identity: async () => directoryIdentity(dataDir), close: async () => {} };
  }
  const session = openSession({ clock, random, log: logger, ...place.connect });
  const log = await openZooKeeperLog({
    session,
    path: place.path,
    access: place.access,
    clock,
    random,
    logger,
    maxEntryBytes: options.maxEntryBytes,
  });
  return {
    log,
    identity: () => nodeIdentity(session, place, options),
    close: session.close,
  };
}
