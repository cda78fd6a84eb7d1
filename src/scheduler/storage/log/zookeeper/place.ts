import type { Clock } from '../../../../base/clock.ts';
import type { Logger } from '../../../../base/log.ts';
import { type Pauses, pauses } from '../../../../base/pauses.ts';
import type { Random } from '../../../../base/random.ts';
import { type NodeAccess, persist, type ZooKeeperSession } from '../../../../zookeeper/index.ts';

/** Where a log is in ZooKeeper, and what it takes to work there. */
export interface LogPlace {
  readonly session: ZooKeeperSession;
  /** Of the node that all others are below. */
  readonly path: string;
  /** Of the nodes that we make. */
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Fires when the log is closed: nothing waits any longer then. */
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

/** An entry below its parent. */
export const entryPath = (parent: string, number: number): string =>
  `${parent}/${String(number).padStart(10, '0')}`;

/** Answers that asking again does not change. */
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
 * Asks until there is an answer, over lost connections and sessions; the request must be one that may be carried out
 * twice. Rejects with a final failure, and with the signal's reason when the log is closed.
 */
export const answered = <T>(place: LogPlace, what: string, run: () => Promise<T>): Promise<T> =>
  persist({ ...place, log: place.logger, what: `${what} ${place.path}`, final: FINAL, run });

/** Between attempts at what a lost connection, or another scheduler, has come in the way of. */
export const placePauses = (place: LogPlace): Pauses =>
  pauses({ ...place, limits: { initialMs: 20, maxMs: 500 } });
