/**
 * Which processes belong to a container, read from /proc. A process can leave its parent and its session, so
 * neither alone will do: a member is the leader, who shares a session with a member, who descends from a member, or who
 * was started with the container's folder in its environment.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process. Source: proc(5), stat field 22. */
  readonly startTicks: number;
}

interface ProcessEntry extends ProcessIdentity {
  readonly parentPid: number;
  readonly sessionId: number;
  /** Ended, but its parent has not asked for its status yet. */
  readonly zombie: boolean;
}

/** What tells the processes of one container from all others. */
export interface ContainerMarks {
  /** First process of the container and leader of its session. */
  readonly leader: ProcessIdentity;
  /** The container's own folder; see `containerFolderOf`. */
  readonly folder: string;
  /**
   * True as long as no other process can have got the leader's number: while it lives, and right after its end has
   * been reported. Members of its session are believed only then.
   */
  readonly leaderIsFresh: boolean;
}

/** How often a kill is repeated for processes that were being born meanwhile, and the wait between. */
const KILL_ROUNDS = 200;
const KILL_PAUSE_MS = 5;

function readEntry(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in brackets may hold blanks and brackets itself: fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    parentPid: Number(fields[1]),
    sessionId: Number(fields[3]),
    startTicks: Number(fields[19]),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
  };
}

/** The process that has this number now; undefined when there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = readEntry(pid);
  return entry && { pid, startTicks: entry.startTicks };
}

/** Whether it still runs; a zombie does not. */
export function isRunning(process: ProcessIdentity): boolean {
  const entry = readEntry(process.pid);
  return entry !== undefined && entry.startTicks === process.startTicks && !entry.zombie;
}

/** What a process was started with, `NAME=value` each; empty when it ended, or is another user's and none of ours. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

const allProcesses = (): ProcessEntry[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readEntry(Number(name)))
    .filter((entry) => entry !== undefined);

/**
 * The folder of the container that a process was started in: an executor's MESOS_DIRECTORY, or the HOME that our executor
 * gives a task's processes, which have nothing else of its environment. Not PWD or the like: a person who looks
 * around in a sandbox has these too.
 */
function containerFolderOf(pid: number): string | undefined {
  for (const text of environmentOf(pid)) {
    if (text.startsWith('MESOS_DIRECTORY=')) return text.slice('MESOS_DIRECTORY='.length);
    if (text.startsWith('HOME=') && text.endsWith('/sandbox')) return text.slice(5, -'/sandbox'.length);
  }
  return undefined;
}

/** Every living process that was started in a container below `folder`, by the container's folder. */
export function processesBelow(folder: string): Map<string, ProcessIdentity[]> {
  const found = new Map<string, ProcessIdentity[]>();
  for (const entry of allProcesses()) {
    const own = entry.zombie ? undefined : containerFolderOf(entry.pid);
    if (own?.startsWith(`${folder}/`)) found.set(own, [...(found.get(own) ?? []), entry]);
  }
  return found;
}

/** Every living process of the container, newest knowledge; nothing else of this machine. */
export function containerProcesses(marks: ContainerMarks): ProcessIdentity[] {
  const candidates = allProcesses().filter(
    (entry) => entry.startTicks >= marks.leader.startTicks && entry.pid !== process.pid,
  );
  const isMarked = (pid: number) => containerFolderOf(pid) === marks.folder;
  const members = new Map<number, ProcessEntry>();
  const sessions = new Set<number>();
  const join = (entry: ProcessEntry) => {
    members.set(entry.pid, entry);
    sessions.add(entry.sessionId);
  };
  if (marks.leaderIsFresh) sessions.add(marks.leader.pid);
  for (const entry of candidates) {
    if (entry.pid === marks.leader.pid ? entry.startTicks === marks.leader.startTicks : isMarked(entry.pid))
      join(entry);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const entry of candidates) {
      if (members.has(entry.pid)) continue;
      if (sessions.has(entry.sessionId) || members.has(entry.parentPid)) join(entry);
    }
  }
  return [...members.values()].filter((entry) => !entry.zombie);
}

/** What the processes of a container use now. */
export interface ProcessUsage {
  readonly userSecs: number;
  readonly systemSecs: number;
  readonly rssBytes: number;
}

/** Ticks a second in /proc. Source: proc(5); the kernel's interface has the same for all of Linux. */
const TICKS_A_SECOND = 100;

/** Sum over processes; those that ended meanwhile count nothing. */
export function usageOf(processes: readonly ProcessIdentity[]): ProcessUsage {
  let [userTicks, systemTicks, rssKb] = [0, 0, 0];
  for (const { pid } of processes) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      userTicks += Number(fields[11]);
      systemTicks += Number(fields[12]);
      rssKb += Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended.
    }
  }
  return {
    userSecs: userTicks / TICKS_A_SECOND,
    systemSecs: systemTicks / TICKS_A_SECOND,
    rssBytes: rssKb * 1024,
  };
}

/** Sends a signal to one process unless its number has passed to another. */
export function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

/** Sends a signal to every process of the container. */
export function signalContainer(marks: ContainerMarks, signal: NodeJS.Signals): void {
  for (const member of containerProcesses(marks)) signalProcess(member, signal);
}

/**
 * Kills every process of the container and waits until none is left; processes born during the kill included.
 * The pauses are of the machine's own time: they wait for the kernel, not for anything the caller's clock governs.
 * @returns the processes that could not be killed (waiting inside the kernel); normally none.
 */
export async function killContainer(marks: ContainerMarks): Promise<readonly ProcessIdentity[]> {
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const left = containerProcesses(marks);
    if (left.length === 0) return [];
    for (const member of left) signalProcess(member, 'SIGKILL');
    await pause(KILL_PAUSE_MS);
  }
  return containerProcesses(marks);
}
