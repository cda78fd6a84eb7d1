/**
 * Everything that a task has brought to life, daemons that left their parents included. Linux offers Node no way to
 * adopt orphans, so they are recognised: by descent, by the session of a run, by having been seen before, and by HOME,
 * which every process of the task is given and which no other task shares.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { addDescendants } from '../../proc/descendants.ts';
import { type ProcessEntry, type ProcessId, processEntry, signalProcess } from '../../proc/process-id.ts';
import { processTable, startedWith } from '../../proc/process-table.ts';

/** The first look after a signal, and the longest wait between two: most processes end at once. */
const FIRST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 500;

export interface ProcessTree {
  /** Tells of a run's shell, which leads a session of its own. */
  add(shellPid: number): void;
  /**
   * Ends what a run left behind in its group, with SIGKILL; to be called as soon as its shell is reaped, while the
   * number of the group cannot have been given away. What it started in other groups stays, and so does everything
   * that is just being given time to end.
   */
  runEnded(shellPid: number): void;
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

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to signal; the next look tells.
  }
}

/** Signals the very processes that were seen, not others that have got an id since. */
function signalExactly(signal: NodeJS.Signals, seen: readonly ProcessId[]): void {
  for (const id of seen) signalProcess(id, signal);
}

/** @param home the HOME of the task's processes: its sandbox */
export function processTree({ home, clock }: { readonly home: string; readonly clock: Clock }): ProcessTree {
  const known = new Set<string>();
  const shells = new Set<number>();
  let firstTicks = Number.POSITIVE_INFINITY;
  let look: Timer | undefined;
  let graceful = false;

  /** `near` leaves out what only its HOME gives away: enough, and much cheaper, while its forebears still live. */
  const alive = (how: 'all' | 'near' = 'all'): ProcessEntry[] => {
    const living = processTable().filter(
      (entry) => !entry.zombie && entry.startTicks >= firstTicks && entry.pid !== process.pid,
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

  return {
    add(shellPid) {
      const entry = processEntry(shellPid);
      if (!entry) return;
      firstTicks = Math.min(firstTicks, entry.startTicks);
      shells.add(shellPid);
      known.add(keyOf(entry));
    },
    runEnded(shellPid) {
      if (!graceful) send('SIGKILL', -shellPid);
      // What else is in the session is known from now on, so that its number, which may be given away, is not needed.
      alive('near');
      shells.delete(shellPid);
    },
    endAll(how, onQuiet) {
      look?.cancel();
      graceful = how === 'terminate';
      const watch = (afterMs: number) => {
        look = clock.after(afterMs, () => {
          const left = alive();
          if (left.length === 0) {
            graceful = false;
            return onQuiet();
          }
          if (how === 'destroy') signalExactly('SIGKILL', left);
          watch(Math.min(Math.max(afterMs, FIRST_LOOK_MS) * 2, LONGEST_LOOK_MS));
        });
      };
      const found = alive();
      signalExactly(how === 'terminate' ? 'SIGTERM' : 'SIGKILL', found);
      watch(found.length === 0 ? 0 : FIRST_LOOK_MS);
    },
    killNow: () => signalExactly('SIGKILL', alive()),
    close: () => look?.cancel(),
  };
}
