import { type Change, failureOf } from '../../../../zookeeper/index.ts';
import { type Fence, lostFence } from './fence.ts';
import type { ManifestKeeper } from './manifest-keeper.ts';
import {
  answered,
  entriesPath,
  entryPath,
  type LogPlace,
  placePauses,
  snapshotPath,
  snapshotsPath,
} from './place.ts';

/** How many nodes one multi removes; few enough that appends in between are not delayed. */
const AT_A_TIME = 200;

/**
 * Removes the entries that no generation needs, oldest first. The manifest records the progress in the same multis, so
 * the next leader can continue where a dead one stopped. The entry before the first needed one stays, because an entry
 * is only written when its predecessor exists.
 */
export async function trimEntries(place: LogPlace, keeper: ManifestKeeper): Promise<void> {
  const parent = entriesPath(place);
  const keepFrom = keeper.present().generations[0].firstEntry - 1;
  for (let oldest = keeper.present().oldestEntry; oldest < keepFrom; oldest = keeper.present().oldestEntry) {
    const end = Math.min(keepFrom, oldest + AT_A_TIME);
    const removals: Change[] = [];
    for (let number = oldest; number < end; number++) removals.push({ remove: entryPath(parent, number) });
    await keeper.replace({ ...keeper.present(), oldestEntry: end }, removals);
  }
}

/** Removes the snapshots that the manifest does not name: outdated ones, and what a dead leader did not finish. */
export async function removeUnnamedSnapshots(
  place: LogPlace,
  fence: Fence,
  keeper: ManifestKeeper,
  inTheMaking?: string,
): Promise<void> {
  const named = new Set(keeper.present().generations.map(({ snapshot }) => snapshot?.id));
  const ids = await answered(place, 'listing', () => place.session.children(snapshotsPath(place)));
  for (const id of ids ?? [])
    if (!named.has(id) && id !== inTheMaking) await removeSnapshot(place, fence, id);
}

async function removeSnapshot(place: LogPlace, fence: Fence, id: string): Promise<void> {
  const path = snapshotPath(place, id);
  const pause = placePauses(place);
  for (;;) {
    const names = await answered(place, 'listing', () => place.session.children(path));
    if (names === undefined) return;
    const paths = names.slice(0, AT_A_TIME).map((name) => `${path}/${name}`);
    if (paths.length < AT_A_TIME && paths.length === names.length) paths.push(path);
    try {
      await place.session.multi([fence.check, ...paths.map((remove): Change => ({ remove }))]);
    } catch (error) {
      const failure = fence.failure();
      if (failure) throw failure;
      // An earlier request whose answer was lost had removed the node already: look again.
      if (failureOf(error) !== 'CONNECTION_LOSS' && failureOf(error) !== 'NO_NODE')
        throw lostFence(place, fence, error);
      await pause.next();
    }
  }
}

/** The generations to keep: the current one and so many before it. */
export const retained = <T>(generations: readonly [T, ...T[]], retainedSnapshots: number): [T, ...T[]] => {
  const [first = generations[0], ...rest] = generations.slice(-1 - retainedSnapshots);
  return [first, ...rest];
};
