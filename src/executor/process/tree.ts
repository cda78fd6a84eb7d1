/**
 * Tracks all processes that a task has started, including daemons that left their parents. With a coordinator
 * (proc/coordinator.ts) none gets lost: whatever a process of the task does, it stays a descendant of the coordinator.
 * Without one, or when it was killed, processes are recognised by descent, by the session of a run, by having been seen
 * before, and by HOME, which every process of the task is given and no other task shares.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { addDescendants, descendantsOf } from '../../proc/descendants.ts';
import { type ProcessEntry, type ProcessId, processEntry, signalProcess } from '../../proc/process-id.ts';
import { processTable, startedWith } from '../../proc/process-table.ts';

/** The first look after a signal, and the longest wait between two: most processes end at once. */
const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 500;
/** How often processes without a coordinator are looked for, so that they are known later. */
const ACQUAINT_MS = 1_000;
/** A process of which nothing can be said puts the end off by at most so many looks. */
const MOST_DOUBTS = 20;

export interface ProcessTree {
  /** Adds a run's coordinator. */
  addCoordinator(coordinator: ProcessId): void;
  /** Adds a run's shell, which leads a session of its own. */
  addShell(shellPid: number): void;
  /**
   * Sends SIGKILL to what a run left behind in its process group. Call it as soon as the shell is reaped, before the
   * group's number can be reused. Processes in other groups stay, and while everything is being asked to end nothing is
   * killed here. Does nothing for a run with a coordinator, which has done this itself.
   */
  runEnded(shellPid: number): void;
  /** The coordinator has ended; `clean` when nothing was left below it. */
  coordinatorGone(coordinator: ProcessId, clean: boolean): void;
  /**
   * Signals everything alive (SIGTERM once, or SIGKILL repeatedly), watches until nothing is left, then calls `onQuiet`
   * once. Replaces an earlier call.
   */
  endAll(how: 'terminate' | 'destroy', onQuiet: () => void): void;
  /** Sends SIGKILL to everything alive, without watching for the outcome. */
  killNow(): void;
  /** Stops watching. */
  close(): void;
}

const keyOf = (id: ProcessId): string => `${id.pid}/${id.startTicks}`;

/** Signals exactly the processes that were seen, not others that have got one of their pids since. */
function signalAll(signal: NodeJS.Signals, seen: readonly ProcessId[]): void {
  for (const id of seen) signalProcess(id, signal);
}

/** Sends SIGSTOP to everything, including processes that start meanwhile; returns what was found last. */
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
 * Sends SIGTERM to everything. All processes are stopped meanwhile: otherwise a child that a shell starts between the
 * look and the signal would miss it and live until SIGKILL. Children that a process starts in reaction to the signal
 * are left to that process.
 */
function askToEnd(find: () => ProcessEntry[]): ProcessEntry[] {
  const held = holdStill(find);
  signalAll('SIGTERM', held);
  signalAll('SIGCONT', held);
  return held;
}

/** Stops everything before killing it, so that processes which keep starting new ones cannot outrun the killing. */
function destroy(find: () => ProcessEntry[]): void {
  if (find().length > 2) holdStill(find);
  signalAll('SIGKILL', find());
}

/** @param home the HOME of the task's processes: its sandbox */
export function processTree({ home, clock }: { readonly home: string; readonly clock: Clock }): ProcessTree {
  const coordinators = new Map<number, ProcessId>();
  /** Coordinators whose shell runs; before that they are not ready for signals. */
  const started = new Set<ProcessId>();
  const known = new Set<string>();
  /** Pids of shells without a coordinator. */
  const shells = new Set<number>();
  /** Whether there may be processes that descend from no coordinator. */
  let scattered = false;
  let firstTicks = Number.POSITIVE_INFINITY;
  let look: Timer | undefined;
  let acquaint: Timer | undefined;
  let graceful = false;
  /** Processes that have got SIGTERM since everything was asked to end. */
  let asked = new Set<string>();
  let onQuietNow: (() => void) | undefined;
  /** Whether a process was replacing its program at the last look, so that nobody can say whether it is one of the task. */
  let isUnsure = false;
  let doubts = 0;

  /** Processes not found by descent from a coordinator. `near` leaves out those that only their HOME gives away. */
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
    isUnsure = false;
    const hasHome = ({ pid }: ProcessEntry): boolean => {
      const has = startedWith(pid, 'HOME', home);
      isUnsure ||= has === undefined;
      return has === true;
    };
    if (how === 'all') adopt(hasHome);
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
   * A shell that holds back SIGTERM while it forks leaves a child that never got one. Such a child is recognised
   * because its parent has ended and the coordinator adopted it; a child that a process starts in order to end still
   * has a parent.
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

  /** True when nothing can be left, as far as is known without reading the process table. */
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
      if (left.length === 0 && coordinators.size === 0) {
        if (isUnsure && doubts++ < MOST_DOUBTS) return watch(FIRST_LOOK_MS);
        return quiet();
      }
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
        // This run was still starting when everything else was told to end.
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
      // Remember the session's other processes now, because the session's number may be reused from here on.
      strays('near');
      shells.delete(shellPid);
    },
    coordinatorGone(coordinator, clean) {
      coordinators.delete(coordinator.pid);
      started.delete(coordinator);
      if (!clean) scattered = true;
      if (!onQuietNow) return;
      if (isEmpty()) quiet();
      // So far only coordinators were waited for; processes that this one lost must be looked for.
      else if (!clean) watch(FIRST_LOOK_MS);
    },
    endAll(how, onQuiet) {
      look?.cancel();
      onQuietNow = onQuiet;
      graceful = how === 'terminate';
      if (isEmpty()) return watch(0);
      if (how === 'destroy') destroy(alive);
      // After SIGTERM, a coordinator does not kill its run's group when the shell ends.
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
