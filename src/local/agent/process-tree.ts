/**
 * Which processes belong to a container, read from /proc. A process can leave its parent and its session, so
 * neither alone will do: a member is the leader, who shares a session with a member, who descends from a member, or who
 * was started with the container's folder in its environment.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isCoordinator } from '../../proc/coordinator.ts';
import { addDescendants } from '../../proc/descendants.ts';
import { type ProcessEntry, type ProcessId, signalProcess } from '../../proc/process-id.ts';
import { environmentOf, processTable } from '../../proc/process-table.ts';

/** What tells the processes of one container from all others. */
export interface ContainerMarks {
  /** First process of the container and leader of its session. */
  readonly leader: ProcessId;
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

/**
 * Every living process that was started in a container below `folder`, or descends from one, by the container's folder.
 * A coordinator is left out when there is anything below it: it ends by itself, after what it holds.
 */
export function processesBelow(folder: string): Map<string, ProcessId[]> {
  const living = processTable().filter(({ zombie }) => !zombie);
  const marked = new Map<string, Map<number, ProcessEntry>>();
  for (const entry of living) {
    const own = containerFolderOf(entry.pid);
    if (!own?.startsWith(`${folder}/`)) continue;
    marked.set(own, (marked.get(own) ?? new Map()).set(entry.pid, entry));
  }
  for (const members of marked.values()) addDescendants(living, members);
  return new Map(
    [...marked].map(([own, members]) => {
      const held = [...members.values()].filter(({ pid }) => !isCoordinator(pid));
      return [own, held.length > 0 ? held : [...members.values()]];
    }),
  );
}

/** Every living process of the container, newest knowledge; nothing else of this machine. */
export function containerProcesses(marks: ContainerMarks): ProcessId[] {
  const candidates = processTable().filter(
    (entry) => entry.startTicks >= marks.leader.startTicks && entry.pid !== process.pid,
  );
  const isMarked = (pid: number) => containerFolderOf(pid) === marks.folder;
  const members = new Map<number, ProcessEntry>();
  const sessions = new Set<number>();
  const join = (entry: ProcessEntry) => {
    members.set(entry.pid, entry);
    sessions.add(entry.session);
  };
  if (marks.leaderIsFresh) sessions.add(marks.leader.pid);
  for (const entry of candidates) {
    if (entry.pid === marks.leader.pid ? entry.startTicks === marks.leader.startTicks : isMarked(entry.pid))
      join(entry);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const entry of candidates) if (sessions.has(entry.session)) members.set(entry.pid, entry);
    addDescendants(candidates, members);
    for (const entry of members.values()) sessions.add(entry.session);
  }
  return [...members.values()].filter((entry) => !entry.zombie);
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
export async function killContainer(marks: ContainerMarks): Promise<readonly ProcessId[]> {
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const left = containerProcesses(marks);
    if (left.length === 0) return [];
    for (const member of left) signalProcess(member, 'SIGKILL');
    await pause(KILL_PAUSE_MS);
  }
  return containerProcesses(marks);
}
