import type { Clock } from '../../../../base/clock.ts';
import type { Logger } from '../../../../base/log.ts';
import { type Pauses, pauses } from '../../../../base/pauses.ts';
import type { Random } from '../../../../base/random.ts';
import { type NodeAccess, persist, type ZooKeeperSession } from '../../../../zookeeper/index.ts';

/** Where a log is in ZooKeeper, and what it takes to work there. */
export interface LogPlace {
  readonly session: ZooKeeperSession;
  /** Path of the node that is the parent of all others. */
  readonly path: string;
  /** Access rights of the nodes that we create. */
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Fires when the log is closed: all waiting then ends. */
  readonly signal: AbortSignal;
}

/**
 * The nodes of a log:
 *
 *     <path>/fence                      who leads; only a new leader writes it, and every write of a leader checks it
 *     <path>/manifest                   which snapshots there are and where the entries begin
 *     <path>/entries/<number>           the records, in entries numbered from 1 without gaps
 *     <path>/snapshots/<id>/<number>    the chunks of a snapshot, in entries numbered from 1
 */
export const fencePath = ({ path }: Pick<LogPlace, 'path'>): string => `${path}/fence`;
export const manifestPath = ({ path }: Pick<LogPlace, 'path'>): string => `${path}/manifest`;
export const entriesPath = ({ path }: Pick<LogPlace, 'path'>): string => `${path}/entries`;
export const snapshotsPath = ({ path }: Pick<LogPlace, 'path'>): string => `${path}/snapshots`;
export const snapshotPath = (place: Pick<LogPlace, 'path'>, id: string): string =>
  `${snapshotsPath(place)}/${id}`;

/** The path of an entry below its parent. */
export const entryPath = (parent: string, number: number): string =>
  `${parent}/${String(number).padStart(10, '0')}`;

/** Failures for which trying again is no use. */
const FINAL = [
  'BAD_VERSION',
  'NODE_EXISTS',
  'NO_NODE',
  'NOT_EMPTY',
  'NO_AUTH',
  'INVALID_ACL',
  'AUTH_FAILED',
  'BAD_ARGUMENTS',
];

/**
 * Repeats a request until it is answered, over lost connections and sessions; so it must be safe to carry out twice.
 * Rejects with a final failure, and with the signal's reason when the log is closed.
 */
export const answered = <T>(place: LogPlace, what: string, run: () => Promise<T>): Promise<T> =>
  persist({ ...place, log: place.logger, what: `${what} ${place.path}`, final: FINAL, run });

/** Pauses between attempts that failed because of a lost connection or another scheduler. */
export const placePauses = (place: LogPlace): Pauses =>
  pauses({ ...place, limits: { initialMs: 20, maxMs: 500 } });
