import { AuroraError, messageOf } from '../../../../base/errors.ts';
import { uuid } from '../../../../base/random.ts';
import { type Change, failureOf } from '../../../../zookeeper/index.ts';
import { EMPTY_MANIFEST, encodeManifest } from './manifest.ts';
import {
  answered,
  entriesPath,
  fencePath,
  type LogPlace,
  manifestPath,
  placePauses,
  snapshotsPath,
} from './place.ts';

interface FenceData {
  readonly term: number;
  /** Lets a leader whose answer was lost recognise that it wrote this itself. */
  readonly leader: string;
}

/**
 * What a leader's term rests on. Each of its writes is one multi that begins with `check`, so none of them is carried
 * out after the next leader has written the fence, even if it was already under way.
 */
export interface Fence {
  readonly term: number;
  readonly check: Change;
  /** Makes the loss of the fence, or any other doubt about what was written, final. */
  fail(error: AuroraError): void;
  /** The first reason given to `fail`. */
  failure(): AuroraError | undefined;
  /** Calls `listener` once, with the failure. */
  onFailure(listener: (error: AuroraError) => void): void;
}

const encode = (data: FenceData) => Buffer.from(JSON.stringify(data));

/** Creates the nodes of a new log; those of an existing one stay as they are. */
export async function prepare(place: LogPlace): Promise<void> {
  const { access } = place;
  await answered(place, 'making', async () => {
    if (await place.session.exists(fencePath(place))) return;
    await place.session.makePath(place.path, access);
    const nothing = Buffer.alloc(0);
    try {
      await place.session.multi([
        { create: fencePath(place), data: encode({ term: 0, leader: '' }), access },
        { create: manifestPath(place), data: encodeManifest(EMPTY_MANIFEST), access },
        { create: entriesPath(place), data: nothing, access },
        { create: snapshotsPath(place), data: nothing, access },
      ]);
    } catch (error) {
      // Another scheduler was faster.
      if (failureOf(error) !== 'NODE_EXISTS') throw error;
    }
  });
}

/** Takes the next term: from then on no write of an earlier leader is carried out. */
export async function takeFence(place: LogPlace): Promise<Fence> {
  const { session, random } = place;
  const leader = uuid(random);
  const pause = placePauses(place);
  return answered(place, 'taking the lead of', async () => {
    for (;;) {
      const found = await session.read(fencePath(place));
      if (!found) throw new AuroraError('STORAGE', 'the log is gone', { where: fencePath(place) });
      const seen = JSON.parse(found.data.toString()) as FenceData;
      if (seen.leader === leader) return heldFence(place, seen.term, found.version);
      try {
        const term = seen.term + 1;
        const version = await session.write(fencePath(place), encode({ term, leader }), found.version);
        return heldFence(place, term, version);
      } catch (error) {
        // Another scheduler took a term at the same moment: take the one after it.
        if (failureOf(error) !== 'BAD_VERSION') throw error;
        await pause.next();
      }
    }
  });
}

function heldFence(place: LogPlace, term: number, version: number): Fence {
  const listeners: ((error: AuroraError) => void)[] = [];
  let failure: AuroraError | undefined;
  const fail = (error: AuroraError) => {
    if (failure) return;
    failure = error;
    release();
    for (const listener of listeners.splice(0)) listener(error);
  };
  const look = () => {
    const state = place.session.state();
    if (state === 'lost' || state === 'closed')
      fail(new AuroraError('STORAGE', `the ZooKeeper session of the log is ${state}`, { where: place.path }));
  };
  const release = place.session.onState(look);
  look();
  return {
    term,
    check: { check: fencePath(place), version },
    fail,
    failure: () => failure,
    onFailure: (listener) => (failure ? listener(failure) : void listeners.push(listener)),
  };
}

/** The error that a failed fenced write means for the leader. */
export function lostFence(place: LogPlace, fence: Fence, cause: unknown): AuroraError {
  if (cause instanceof AuroraError && cause.code === 'STORAGE') return cause;
  return failureOf(cause) === 'BAD_VERSION'
    ? new AuroraError('STORAGE', `another scheduler leads now: term ${fence.term} is over`, {
        where: place.path,
        cause,
      })
    : new AuroraError('STORAGE', `the log in ZooKeeper accepts no more writes: ${messageOf(cause)}`, {
        where: place.path,
        cause,
      });
}
