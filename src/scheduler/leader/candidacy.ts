import { type Clock, sleep } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import {
  announceMember,
  type Election,
  type Endpoint,
  joinElection,
  type Member,
  openSession,
  watchMembers,
} from '../../zookeeper/index.ts';
import type { Leader } from '../http/leader-redirect.ts';
import type { Counters } from '../metrics/counters.ts';
import type { EnsemblePlace } from './ensemble.ts';
import { sessionVars } from './session-vars.ts';
import { claimState, stateOwner } from './state-claim.ts';

/** A scheduler's participation in the election. */
export interface Candidacy {
  /** Resolves when this scheduler is elected; never rejects, and may stay pending for ever. */
  readonly elected: Promise<void>;
  /** Resolves with the reason when it cannot lead, or no longer; the process must end then. */
  readonly defeated: Promise<string>;
  /** The leader to name to clients; 'self' only when no other scheduler can be the leader at this moment. */
  leader(): Leader;
  /** Announces to clients that this leader is ready. */
  announce(): void;
  /** Takes the announcement back, so that clients look elsewhere. */
  withdraw(): Promise<void>;
  /** Lets another scheduler lead. Leaves nothing open. */
  leave(): Promise<void>;
}

const nothing = async () => {};

/** How long a stop waits for ZooKeeper; without its answer the end of the session has the same effect, only later. */
const WITHDRAW_LIMIT_MS = 2_000;

/** The candidacy of a scheduler without competitors. */
export const unopposed: Candidacy = {
  elected: Promise.resolve(),
  defeated: new Promise(() => {}),
  leader: () => 'self',
  announce: () => {},
  withdraw: nothing,
  leave: nothing,
};

export interface CandidateOptions {
  readonly place: EnsemblePlace;
  /** The address at which clients reach this scheduler. */
  readonly endpoint: Endpoint;
  /** The name of that address among a member's endpoints. */
  readonly endpointName: string;
  /** Identifies the log that this scheduler would lead with. */
  readonly logIdentity: () => Promise<string>;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const sameEndpoint = (a: Endpoint, b: Endpoint) => a.host === b.host && a.port === b.port;

/**
 * Stands for election in ZooKeeper. If several members are announced, the newest is the leader, because a crashed
 * leader's announcement stays until its session ends. The original treats two members like none.
 */
export function candidate(options: CandidateOptions): Candidacy {
  const { place, endpoint, log } = options;
  log.info({ election: place.shown, host: endpoint.host, port: endpoint.port }, 'standing for election');
  const session = openSession({ ...options, ...place.connect });
  sessionVars(session, options.counters);
  const world = { session, path: place.path, access: place.access, ...options };
  let members: readonly Member[] = [];
  /** Who led while this one stood by. */
  let seen: Endpoint | undefined;
  const unwatch = watchMembers({
    ...world,
    onMembers(found) {
      members = found.filter(({ status }) => status === 'ALIVE');
      const others = members.filter(({ serviceEndpoint }) => !sameEndpoint(serviceEndpoint, endpoint));
      seen = others.at(-1)?.serviceEndpoint ?? seen;
    },
  });
  let leads = false;
  let left = false;
  let election: Election | undefined;
  let announcement: ReturnType<typeof announceMember> | undefined;
  let defeat: (reason: string) => void = () => {};
  const defeated = new Promise<string>((resolve) => {
    defeat = resolve;
  });

  const stand = async () => {
    const identity = await options.logIdentity();
    await stateOwner(world, identity);
    if (left) return new Promise<never>(() => {});
    election = joinElection({ ...world, name: endpoint.host });
    election.defeated.then(defeat);
    await election.elected;
    await claimState(world, identity, seen && `${seen.host}:${seen.port}`);
    leads = true;
  };
  const elected = stand().catch((error): Promise<never> => {
    defeat(messageOf(error));
    return new Promise(() => {});
  });

  return {
    elected,
    defeated,
    leader() {
      // A process that was stopped for a while may have been replaced without knowing it yet.
      if (leads) return options.clock.monotonicMs() < session.aliveUntilMs() ? 'self' : 'nobody';
      const newest = members.at(-1)?.serviceEndpoint;
      // A member at our own address, while we do not lead, is left over from an earlier run of ours.
      return newest === undefined || sameEndpoint(newest, endpoint) ? 'nobody' : newest;
    },
    announce() {
      const member = {
        serviceEndpoint: endpoint,
        additionalEndpoints: { [options.endpointName]: endpoint },
        status: 'ALIVE',
      };
      announcement = announceMember({ ...world, member });
      announcement.catch((error) => defeat(`clients cannot be told who leads: ${messageOf(error)}`));
    },
    async withdraw() {
      unwatch();
      const late = new AbortController();
      const gone = announcement?.then((made) => made.withdraw()).catch(() => {});
      await Promise.race([gone, sleep(options.clock, WITHDRAW_LIMIT_MS, late.signal).catch(() => {})]);
      late.abort();
    },
    async leave() {
      left = true;
      unwatch();
      void election?.withdraw();
      // All ephemeral nodes are removed with the session.
      await session.close();
      log.info({}, 'left the election');
    },
  };
}
