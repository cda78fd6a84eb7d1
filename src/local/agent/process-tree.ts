/**
 * Finds the processes of a container in /proc. A process can leave its parent or its session, so neither is enough:
 * members are the leader, whatever shares a session with a member or descends from one, and whatever was started with
 * the container's folder in its environment.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isCoordinator } from '../../proc/coordinator.ts';
import { addDescendants } from '../../proc/descendants.ts';
import { type ProcessEntry, type ProcessId, signalProcess } from '../../proc/process-id.ts';
import { environmentOf, processTable } from '../../proc/process-table.ts';

/** What distinguishes the processes of one container from all others. */
export interface ContainerMarks {
  /** First process of the container, and leader of its session. */
  readonly leader: ProcessId;
  /** The container's folder; see `containerFolderOf`. */
  readonly folder: string;
  /**
   * True while the leader's pid cannot have been reused: as long as it lives, and right after its end was reported.
   * Only then are processes in the leader's session counted as members.
   */
  readonly leaderIsFresh: boolean;
}

/** How often a kill is repeated, to catch processes that were started meanwhile, and the pause between. */
const KILL_ROUNDS = 200;
const KILL_PAUSE_MS = 5;

/** What cannot be said yet of a process that is replacing its program. */
const UNKNOWN = Symbol('unknown');

/**
 * The folder of the container in which a process was started. It is found in MESOS_DIRECTORY of an executor, or in HOME
 * of a task's process, as our executor passes on nothing else. PWD and the like are no evidence, because a person who
 * looks around in a sandbox has them, too.
 */
function containerFolderOf(pid: number): string | typeof UNKNOWN | undefined {
  const environment = environmentOf(pid);
  if (!environment) return UNKNOWN;
  for (const text of environment) {
    if (text.startsWith('MESOS_DIRECTORY=')) return text.slice('MESOS_DIRECTORY='.length);
    if (text.startsWith('HOME=') && text.endsWith('/sandbox')) return text.slice(5, -'/sandbox'.length);
  }
  return undefined;
}

/**
 * Every living process that was started in a container below `folder` or descends from one, grouped by the container's
 * folder. A coordinator is omitted when it has processes below it, because it ends by itself after them. One that is
 * replacing its program is missing; `isSure` says whether there are none.
 */
export function processesBelow(folder: string): {
  readonly found: ReadonlyMap<string, readonly ProcessId[]>;
  readonly isSure: boolean;
} {
  let isSure = true;
  const living = processTable().filter(({ zombie }) => !zombie);
  const marked = new Map<string, Map<number, ProcessEntry>>();
  for (const entry of living) {
    const own = containerFolderOf(entry.pid);
    if (own === UNKNOWN) isSure = false;
    if (typeof own !== 'string' || !own.startsWith(`${folder}/`)) continue;
    marked.set(own, (marked.get(own) ?? new Map()).set(entry.pid, entry));
  }
  for (const members of marked.values()) addDescendants(living, members);
  const found = new Map(
    [...marked].map(([own, members]) => {
      const held = [...members.values()].filter(({ pid }) => !isCoordinator(pid));
      return [own, held.length > 0 ? held : [...members.values()]];
    }),
  );
  return { found, isSure };
}

/** The living processes of the container, and whether there can be none beside them that is replacing its program. */
function lookAt(marks: ContainerMarks): { readonly found: ProcessId[]; readonly isSure: boolean } {
  let isSure = true;
  const candidates = processTable().filter(
    (entry) => entry.startTicks >= marks.leader.startTicks && entry.pid !== process.pid,
  );
  const isMarked = ({ pid, zombie }: ProcessEntry) => {
    const folder = containerFolderOf(pid);
    if (folder === UNKNOWN && !zombie) isSure = false;
    return folder === marks.folder;
  };
  const members = new Map<number, ProcessEntry>();
  const sessions = new Set<number>();
  const join = (entry: ProcessEntry) => {
    members.set(entry.pid, entry);
    sessions.add(entry.session);
  };
  if (marks.leaderIsFresh) sessions.add(marks.leader.pid);
  for (const entry of candidates) {
    if (entry.pid === marks.leader.pid ? entry.startTicks === marks.leader.startTicks : isMarked(entry))
      join(entry);
  }
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const entry of candidates) if (sessions.has(entry.session)) members.set(entry.pid, entry);
    addDescendants(candidates, members);
    for (const entry of members.values()) sessions.add(entry.session);
  }
  return { found: [...members.values()].filter((entry) => !entry.zombie), isSure };
}

/** Every living process of the container, read anew from /proc. */
export const containerProcesses = (marks: ContainerMarks): ProcessId[] => lookAt(marks).found;

/** Sends a signal to every process of the container. */
export function signalContainer(marks: ContainerMarks, signal: NodeJS.Signals): void {
  for (const member of containerProcesses(marks)) signalProcess(member, signal);
}

/**
 * Kills every process of the container, including those started during the kill, and waits until none is left. It
 * pauses in real time, not by the caller's clock, since it waits for the kernel.
 * @returns the processes that could not be killed (blocked inside the kernel); normally none
 */
export async function killContainer(marks: ContainerMarks): Promise<readonly ProcessId[]> {
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const { found: left, isSure } = lookAt(marks);
    if (left.length === 0 && isSure) return [];
    for (const member of left) signalProcess(member, 'SIGKILL');
    await pause(KILL_PAUSE_MS);
  }
  return containerProcesses(marks);
}
