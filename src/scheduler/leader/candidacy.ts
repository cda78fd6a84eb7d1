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

/** A scheduler's part in who leads. */
export interface Candidacy {
  /** Resolves when this scheduler leads; never rejects, and may be pending for ever. */
  readonly elected: Promise<void>;
  /** Resolves with the reason when it cannot lead, or cannot any more; the process has to end. */
  readonly defeated: Promise<string>;
  /** Who leads now, as clients are to hear it; itself only when no other can at this moment. */
  leader(): Leader;
  /** Clients may come: the leader is at work. */
  announce(): void;
  /** Clients are to look elsewhere. */
  withdraw(): Promise<void>;
  /** Another may lead. Leaves nothing open. */
  leave(): Promise<void>;
}

const nothing = async () => {};

/** How long a stop waits for ZooKeeper before it goes on without: the end of the session does the same, later. */
const WITHDRAW_LIMIT_MS = 2_000;

/** The candidacy of a scheduler that is the only one. */
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
  /** Where clients reach this scheduler. */
  readonly endpoint: Endpoint;
  /** Under which clients look for that. */
  readonly endpointName: string;
  /** Which log this scheduler would lead with. */
  readonly logIdentity: () => Promise<string>;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const sameEndpoint = (a: Endpoint, b: Endpoint) => a.host === b.host && a.port === b.port;

/**
 * Stands for election in ZooKeeper. Of several announced members the newest leads: what a crashed leader said stays
 * until its session ends. The original takes two members for none.
 */
export function candidate(options: CandidateOptions): Candidacy {
  const { place, endpoint, log } = options;
  log.info({ election: place.shown, host: endpoint.host, port: endpoint.port }, 'standing for election');
  const session = openSession({ ...options, ...place.connect });
  sessionVars(session, options.counters);
  const world = { session, path: place.path, access: place.access, ...options };
  let members: readonly Member[] = [];
  const unwatch = watchMembers({
    ...world,
    onMembers(found) {
      members = found.filter(({ status }) => status === 'ALIVE');
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
    await claimState(world, identity);
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
      // A process that was stopped for a while may have been replaced without having heard of it.
      if (leads) return options.clock.monotonicMs() < session.aliveUntilMs() ? 'self' : 'nobody';
      const newest = members.at(-1)?.serviceEndpoint;
      // A member at our own address, though we do not lead, is what an earlier life of ours left behind.
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
      // All that is ephemeral goes with the session.
      await session.close();
      log.info({}, 'left the election');
    },
  };
}
