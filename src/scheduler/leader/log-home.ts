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

/** Where the log of a scheduler is kept. */
export interface LogHome {
  readonly log: Log;
  /** Tells this log from every other; made with the log, for good. */
  identity(): Promise<string>;
  /** Closes what is below the log, which must be closed. */
  close(): Promise<void>;
}

export interface LogHomeOptions {
  /** Undefined: in `dataDir`. */
  readonly place: EnsemblePlace | undefined;
  readonly dataDir: string;
  readonly maxEntryBytes: number;
  /** In place of the local log. */
  readonly openLog: (() => Promise<Log>) | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A name of its own: ids of processes and machines come again. */
const newIdentity = () => randomUUID();

/** Reads or makes the file that names a data directory; the lock of the log keeps others away meanwhile. */
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

/** Reads or makes the node that names a log in ZooKeeper; of two who make it at once the first one's name counts. */
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
 * Opens the log where the flags say: in ZooKeeper, through a session of its own, so that a long snapshot does not keep
 * the election waiting; or in the data directory.
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
