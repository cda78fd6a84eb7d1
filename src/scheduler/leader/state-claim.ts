import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { failureOf, type NodeAccess, persist, type ZooKeeperSession } from '../../zookeeper/index.ts';

/**
 * The node is next to the election's directory and not in it, because other programs' clients treat every child that is
 * no member as a candidate whose data is a host.
 */
const SUFFIX = '-log-identity';
/** Where earlier versions stored it. */
const FORMER = 'log_identity';

interface ClaimPlace {
  readonly session: ZooKeeperSession;
  readonly path: string;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const nodeOf = ({ path }: ClaimPlace) => `${path}${SUFFIX}`;
const formerNodeOf = ({ path }: ClaimPlace) => `${path}/${FORMER}`;

/** The log that holds the cluster's state; undefined when none has been claimed. */
async function ownerIn(place: ClaimPlace): Promise<string | undefined> {
  const found = (await place.session.read(nodeOf(place))) ?? (await place.session.read(formerNodeOf(place)));
  return found?.data.toString();
}

/** Retries; but not without access rights, since then it would be useless. */
const persistent = <T>(place: ClaimPlace, run: () => Promise<T>): Promise<T> =>
  persist({ ...place, what: nodeOf(place), final: ['NO_AUTH', 'INVALID_ACL'], run });

/**
 * Refuses a log other than that of the leaders so far. Otherwise schedulers that share an election, but each keep the
 * state in their own directory, would take turns with different states.
 * @throws AuroraError CONFIG
 */
export const stateOwner = (place: ClaimPlace, identity: string): Promise<void> =>
  persistent(place, async () => {
    const owner = await ownerIn(place);
    if (owner === undefined || owner === identity) return;
    throw new AuroraError(
      'CONFIG',
      'the state of this cluster is in another log than the one of this scheduler',
      {
        where: `${nodeOf(place)} in ZooKeeper names log ${owner}, ours is ${identity}`,
        next: 'give all schedulers the same -log=zk://..., or, to lead with the state of this one, remove that node',
      },
    );
  });

/**
 * Called by a newly elected scheduler: makes its log the cluster's, unless the cluster has one already, and removes the
 * node that earlier versions left among the candidates. `before` is who led while this one stood by: a leader that has
 * claimed no log is one of the original, whose state lies where this scheduler cannot read it.
 * @throws AuroraError CONFIG
 */
export const claimState = (place: ClaimPlace, identity: string, before?: string): Promise<void> =>
  persistent(place, async () => {
    const { session, path, access } = place;
    await stateOwner(place, identity);
    if (before !== undefined && (await ownerIn(place)) === undefined)
      throw new AuroraError(
        'CONFIG',
        `the state of this cluster is with ${before}, a scheduler of the original that led until now`,
        {
          where: path,
          next: 'let another of the original lead; to lead from here, carry a backup over as in docs/moving.md, and start this one when those have ended',
        },
      );
    await session.makePath(path, access);
    try {
      await session.create(nodeOf(place), Buffer.from(identity), { access });
    } catch (error) {
      if (failureOf(error) !== 'NODE_EXISTS') throw error;
      await stateOwner(place, identity);
    }
    await session.remove(formerNodeOf(place));
  });
