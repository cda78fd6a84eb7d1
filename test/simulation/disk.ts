import type { Clock } from '../../src/base/clock.ts';
import { type Random, randomBelow } from '../../src/base/random.ts';
import type { Disk, DiskFile } from '../../src/scheduler/storage/log/disk.ts';
import { never, type SimulatedProcess } from './process.ts';

/**
 * A disk below the cache of an operating system. A killed process loses what it had not handed over yet; a power cut
 * also loses, or tears, what was never synced: of contents any part of each write, of names any of the changes.
 */
export interface SimulatedDisk {
  /** The disk as one process sees it. */
  mount(process: SimulatedProcess): Disk;
  /** To be called when the process that had the disk is dead. */
  crash(power: 'kept' | 'cut'): void;
  /** Nothing finishes for so long. */
  stall(forMs: number): void;
  /** The next write or sync fails. */
  failOnce(): void;
}

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

interface Content {
  bytes: Buffer;
  size: number;
}

interface Inode {
  /** As processes see it. */
  readonly cached: Content;
  /** As a power cut leaves it, without any of `unsynced`. */
  readonly durable: Content;
  unsynced: Change[];
}

type NameChange =
  | { readonly kind: 'put'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string };

const empty = (): Content => ({ bytes: Buffer.alloc(0), size: 0 });

function apply(content: Content, change: Change): void {
  if (change.kind === 'truncate') {
    content.bytes.fill(0, change.size);
    content.size = Math.min(content.size, change.size);
    return;
  }
  const end = change.position + change.bytes.length;
  if (end > content.bytes.length) {
    const larger = Buffer.alloc(Math.max(end, 2 * content.bytes.length, 1024));
    content.bytes.copy(larger, 0, 0, content.size);
    content.bytes = larger;
  }
  content.bytes.set(change.bytes, change.position);
  content.size = Math.max(content.size, end);
}

function applyName(names: Map<string, Inode>, change: NameChange): void {
  if (change.kind === 'put') names.set(change.path, change.inode);
  else if (change.kind === 'remove') names.delete(change.path);
  else {
    const inode = names.get(change.from);
    if (!inode) return;
    names.delete(change.from);
    names.set(change.to, inode);
  }
}

/** Takes out of `list` everything up to `last`, which another sync may have taken already. */
const upTo = <T>(list: T[], last: T | undefined): T[] =>
  last === undefined ? [] : list.splice(0, list.indexOf(last) + 1);

const errno = (code: string, what: string): Error => Object.assign(new Error(`${code}: ${what}`), { code });

export function simulatedDisk(time: Clock, random: Random): SimulatedDisk {
  let names = new Map<string, Inode>();
  let durableNames = new Map<string, Inode>();
  let unsyncedNames: NameChange[] = [];
  const inFlight = new Set<() => void>();
  let stalledUntilMs = 0;
  let failing = false;

  /** What a cut leaves of one write: nothing, all, or its beginning. */
  const torn = (change: Change): Change | undefined => {
    const fate = random.next();
    if (fate < 0.35) return undefined;
    if (fate < 0.65 || change.kind === 'truncate') return change;
    return { ...change, bytes: change.bytes.subarray(0, randomBelow(random, change.bytes.length + 1)) };
  };
  const changeName = (change: NameChange) => {
    applyName(names, change);
    unsyncedNames.push(change);
  };

  const mount = (process: SimulatedProcess): Disk => {
    /** `cut` says what happens when the process dies while the call is under way. */
    const call = <T>(finish: () => T, fallible = false, cut?: () => void): Promise<T> => {
      if (!process.act()) return never();
      return new Promise<T>((resolve, reject) => {
        const stallMs = Math.max(0, stalledUntilMs - time.monotonicMs());
        const latencyMs = random.next() < 0.9 ? random.next() : random.next() * 20;
        if (cut) inFlight.add(cut);
        time.after(stallMs + latencyMs, () => {
          if (cut) inFlight.delete(cut);
          if (!process.alive()) return;
          if (fallible && failing) {
            failing = false;
            return reject(errno('EIO', 'i/o error'));
          }
          try {
            resolve(finish());
          } catch (error) {
            reject(error);
          }
        });
      });
    };
    const change = (inode: Inode, what: Change) => {
      apply(inode.cached, what);
      inode.unsynced.push(what);
    };
    const fileOf = (inode: Inode): DiskFile => ({
      write(bytes, position) {
        const what: Change = { kind: 'write', position, bytes: Uint8Array.from(bytes) };
        const cut = () => {
          const part = torn(what);
          if (part) change(inode, part);
        };
        return call(() => change(inode, what), true, cut);
      },
      read: (bytes, position) =>
        call(() => {
          const count = Math.max(0, Math.min(bytes.length, inode.cached.size - position));
          bytes.set(inode.cached.bytes.subarray(position, position + count));
          return count;
        }),
      size: () => call(() => inode.cached.size),
      truncate: (size) => call(() => change(inode, { kind: 'truncate', size })),
      datasync() {
        const last = inode.unsynced.at(-1);
        return call(() => {
          for (const one of upTo(inode.unsynced, last)) apply(inode.durable, one);
        }, true);
      },
      close: () => call(() => undefined),
    });
    return {
      open: (path, mode) =>
        call(() => {
          const known = names.get(path);
          if (mode === 'create') {
            if (known) throw errno('EEXIST', path);
            const inode: Inode = { cached: empty(), durable: empty(), unsynced: [] };
            changeName({ kind: 'put', path, inode });
            return fileOf(inode);
          }
          if (!known) throw errno('ENOENT', path);
          return fileOf(known);
        }),
      list: (directory) =>
        call(() =>
          [...names.keys()]
            .filter((path) => path.startsWith(`${directory}/`))
            .map((path) => path.slice(directory.length + 1)),
        ),
      makeDirectory: () => call(() => undefined),
      rename: (from, to) =>
        call(() => {
          if (!names.has(from)) throw errno('ENOENT', from);
          changeName({ kind: 'rename', from, to });
        }),
      remove: (path) => call(() => changeName({ kind: 'remove', path })),
      syncDirectory() {
        const last = unsyncedNames.at(-1);
        return call(() => {
          for (const one of upTo(unsyncedNames, last)) applyName(durableNames, one);
        });
      },
    };
  };

  return {
    mount,
    crash(power) {
      for (const cut of inFlight) cut();
      inFlight.clear();
      failing = false;
      if (power === 'kept') return;
      for (const one of unsyncedNames) if (random.next() < 0.5) applyName(durableNames, one);
      unsyncedNames = [];
      names = durableNames;
      durableNames = new Map(names);
      for (const inode of names.values()) {
        for (const one of inode.unsynced) {
          const part = torn(one);
          if (part) apply(inode.durable, part);
        }
        inode.unsynced = [];
        inode.cached.bytes = Buffer.from(inode.durable.bytes);
        inode.cached.size = inode.durable.size;
      }
    },
    stall(forMs) {
      stalledUntilMs = Math.max(stalledUntilMs, time.monotonicMs() + forMs);
    },
    failOnce() {
      failing = true;
    },
  };
}
