/**
 * Everything that a task has brought to life, daemons that left their parents included. Below a coordinator
 * (proc/coordinator.ts) nothing gets lost: whatever it does, a process of the task descends from one. Where there is no
 * coordinator, or somebody killed it, processes are recognised: by descent, by the session of a run, by having been seen
 * before, and by HOME, which every process of the task is given and which no other task shares.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { addDescendants, descendantsOf } from '../../proc/descendants.ts';
import { type ProcessEntry, type ProcessId, processEntry, signalProcess } from '../../proc/process-id.ts';
import { processTable, startedWith } from '../../proc/process-table.ts';

/** The first look after a signal, and the longest wait between two: most processes end at once. */
const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 500;
/** How often the family is looked at that no coordinator holds together. */
const ACQUAINT_MS = 1_000;

export interface ProcessTree {
  /** Tells of a run's coordinator. */
  addCoordinator(coordinator: ProcessId): void;
  /** Tells of a run's shell, which leads a session of its own. */
  addShell(shellPid: number): void;
  /**
   * Ends what a run left behind in its group, with SIGKILL; to be called as soon as its shell is reaped, while the
   * number of the group cannot have been given away. What it started in other groups stays, and so does everything
   * that is just being given time to end. A coordinator has done this already.
   */
  runEnded(shellPid: number): void;
  /** The coordinator has ended; `clean` when nothing was left below it. */
  coordinatorGone(coordinator: ProcessId, clean: boolean): void;
  /**
   * Signals everything alive (SIGTERM once, or SIGKILL until it helps), looks until nothing is left and says so once.
   * Replaces an earlier call.
   */
  endAll(how: 'terminate' | 'destroy', onQuiet: () => void): void;
  /** SIGKILL to everything alive, without looking again. */
  killNow(): void;
  /** Stops looking. */
  close(): void;
}

const keyOf = (id: ProcessId): string => `${id.pid}/${id.startTicks}`;

/** Signals the very processes that were seen, not others that have got an id since. */
function signalAll(signal: NodeJS.Signals, seen: readonly ProcessId[]): void {
  for (const id of seen) signalProcess(id, signal);
}

/** Stops everything, what is born meanwhile included; the last look comes back. */
function holdStill(find: () => ProcessEntry[]): ProcessEntry[] {
  const stopped = new Set<string>();
  let found = find();
  for (let round = 0; round < 20; round++) {
    const fresh = found.filter((entry) => !stopped.has(keyOf(entry)));
    if (fresh.length === 0) break;
    for (const entry of fresh) stopped.add(keyOf(entry));
    signalAll('SIGSTOP', fresh);
    found = find();
  }
  return found;
}

/**
 * Sends SIGTERM to everything. It is held still meanwhile: what a shell starts between the look and the signal would not
 * get one, and live on until SIGKILL; what a process starts because of the signal is left to it.
 */
function askToEnd(find: () => ProcessEntry[]): ProcessEntry[] {
  const held = holdStill(find);
  signalAll('SIGTERM', held);
  signalAll('SIGCONT', held);
  return held;
}

/** Stops everything before it kills, so that what starts new processes all the time does not outrun it. */
function destroy(find: () => ProcessEntry[]): void {
  if (find().length > 2) holdStill(find);
  signalAll('SIGKILL', find());
}

/** @param home the HOME of the task's processes: its sandbox */
export function processTree({ home, clock }: { readonly home: string; readonly clock: Clock }): ProcessTree {
  const coordinators = new Map<number, ProcessId>();
  /** Those whose shell runs: before, they are not ready for signals. */
  const started = new Set<ProcessId>();
  const known = new Set<string>();
  /** Shells that no coordinator holds. */
  const shells = new Set<number>();
  /** Whether there may be processes that descend from no coordinator. */
  let scattered = false;
  let firstTicks = Number.POSITIVE_INFINITY;
  let look: Timer | undefined;
  let acquaint: Timer | undefined;
  let graceful = false;
  /** What has got SIGTERM since everything was asked to end. */
  let asked = new Set<string>();
  let onQuietNow: (() => void) | undefined;

  /** What cannot be found by descent from a coordinator. `near` leaves out what only its HOME gives away. */
  const strays = (how: 'all' | 'near'): ProcessEntry[] => {
    const ours = new Set([process.pid, ...coordinators.keys()]);
    const living = processTable().filter(
      (entry) => !entry.zombie && entry.startTicks >= firstTicks && !ours.has(entry.pid),
    );
    const members = new Map<number, ProcessEntry>();
    const adopt = (belongs: (entry: ProcessEntry) => boolean) => {
      for (const entry of living)
        if (!members.has(entry.pid) && belongs(entry)) members.set(entry.pid, entry);
      addDescendants(living, members);
    };
    adopt((entry) => known.has(keyOf(entry)) || shells.has(entry.session));
    if (how === 'all') adopt((entry) => startedWith(entry.pid, 'HOME', home));
    for (const entry of members.values()) known.add(keyOf(entry));
    return [...members.values()];
  };

  const alive = (): ProcessEntry[] => {
    const held = descendantsOf([...coordinators.keys()]);
    if (!scattered) return held;
    const loose = strays('all');
    const all = new Map([...held, ...loose].map((entry) => [entry.pid, entry]));
    return [...all.values()];
  };

  /**
   * A shell that puts SIGTERM off while it forks leaves a child that nobody has asked. It is known by its parent's end:
   * what a process starts in order to end has a parent that lives.
   */
  const askOrphans = (living: readonly ProcessEntry[]) => {
    const fresh = living.filter((entry) => coordinators.has(entry.parent) && !asked.has(keyOf(entry)));
    for (const entry of fresh) asked.add(keyOf(entry));
    signalAll('SIGTERM', fresh);
  };

  const quiet = () => {
    look?.cancel();
    graceful = false;
    const done = onQuietNow;
    onQuietNow = undefined;
    done?.();
  };

  /** Nothing is left as far as that can be told without looking around. */
  const isEmpty = () => coordinators.size === 0 && !scattered;

  const getAcquainted = () => {
    acquaint?.cancel();
    acquaint = clock.after(ACQUAINT_MS, () => {
      strays('near');
      getAcquainted();
    });
  };

  const watch = (afterMs: number) => {
    look?.cancel();
    look = clock.after(afterMs, () => {
      if (isEmpty()) return quiet();
      const left = alive();
      if (left.length === 0 && coordinators.size === 0) return quiet();
      if (graceful) askOrphans(left);
      else destroy(alive);
      watch(Math.min(Math.max(afterMs, FIRST_LOOK_MS) * 2, LONGEST_LOOK_MS));
    });
  };

  return {
    addCoordinator(coordinator) {
      firstTicks = Math.min(firstTicks, coordinator.startTicks);
      coordinators.set(coordinator.pid, coordinator);
    },
    addShell(shellPid) {
      const entry = processEntry(shellPid);
      if (!entry) return;
      const coordinator = coordinators.get(entry.parent);
      if (coordinator) {
        started.add(coordinator);
        // It was on its way when everything else was told to end.
        if (graceful) signalAll('SIGTERM', [coordinator, entry]);
        asked.add(keyOf(entry));
        return;
      }
      scattered = true;
      firstTicks = Math.min(firstTicks, entry.startTicks);
      shells.add(shellPid);
      known.add(keyOf(entry));
      getAcquainted();
    },
    runEnded(shellPid) {
      if (!shells.has(shellPid)) return;
      try {
        if (!graceful) process.kill(-shellPid, 'SIGKILL');
      } catch {
        // The group is empty.
      }
      // What else is in the session is known from now on, so that its number, which may be given away, is not needed.
      strays('near');
      shells.delete(shellPid);
    },
    coordinatorGone(coordinator, clean) {
      coordinators.delete(coordinator.pid);
      started.delete(coordinator);
      if (!clean) scattered = true;
      if (!onQuietNow) return;
      if (isEmpty()) quiet();
      // Until now the coordinators were waited for; what this one let go of has to be looked for.
      else if (!clean) watch(FIRST_LOOK_MS);
    },
    endAll(how, onQuiet) {
      look?.cancel();
      onQuietNow = onQuiet;
      graceful = how === 'terminate';
      if (isEmpty()) return watch(0);
      if (how === 'destroy') destroy(alive);
      // A coordinator that was sent SIGTERM lets the group of its run live on when the shell has ended.
      else {
        signalAll('SIGTERM', [...started]);
        asked = new Set(askToEnd(alive).map(keyOf));
      }
      watch(FIRST_LOOK_MS);
    },
    killNow: () => destroy(alive),
    close() {
      look?.cancel();
      acquaint?.cancel();
    },
  };
}
