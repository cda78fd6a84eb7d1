import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { failureOf, type NodeAccess, persist, type ZooKeeperSession } from '../../zookeeper/index.ts';

/**
 * Beside the election's directory, not in it: other people's clients take every child of that which is no member for a
 * candidate, whose data is a host.
 */
const SUFFIX = '-log-identity';
/** Where earlier versions put it. */
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

/** The log that the cluster's state is in; undefined while none is. */
async function ownerIn(place: ClaimPlace): Promise<string | undefined> {
  const found = (await place.session.read(nodeOf(place))) ?? (await place.session.read(formerNodeOf(place)));
  return found?.data.toString();
}

/** Without the right to it, trying again is no use. */
const persistent = <T>(place: ClaimPlace, run: () => Promise<T>): Promise<T> =>
  persist({ ...place, what: nodeOf(place), final: ['NO_AUTH', 'INVALID_ACL'], run });

/**
 * Refuses a log that is not the one of the leaders so far. Schedulers that elect a leader among them but keep their state
 * each in a directory of its own would otherwise take turns with different states.
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
 * Makes the log of this scheduler, which was just elected, the one of the cluster, unless there is one; what an earlier
 * version left among the candidates goes.
 * @throws AuroraError CONFIG
 */
export const claimState = (place: ClaimPlace, identity: string): Promise<void> =>
  persistent(place, async () => {
    const { session, path, access } = place;
    await stateOwner(place, identity);
    await session.makePath(path, access);
    try {
      await session.create(nodeOf(place), Buffer.from(identity), { access });
    } catch (error) {
      if (failureOf(error) !== 'NODE_EXISTS') throw error;
      await stateOwner(place, identity);
    }
    await session.remove(formerNodeOf(place));
  });
