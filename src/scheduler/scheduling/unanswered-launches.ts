/** The tasks whose launch is decided but not answered by Mesos yet. */
export interface UnansweredLaunches {
  has(taskId: string): boolean;
  add(taskId: string): void;
  /** To be called when Mesos has answered the launch of these tasks, or certainly never will. */
  answered(taskIds: readonly string[]): void;
  /** Whether further tasks should wait until Mesos has answered others. */
  isFull(): boolean;
  readonly size: number;
}

/**
 * With so many tasks on their way no further ones are placed. A master that answers within 50 ms gets 20,000 tasks a second
 * so. Without a limit a slow one has everything that is pending on its way at once: what waits so long is expensive garbage,
 * for the master and for us, and the matching does not see what is offered meanwhile.
 */
const MOST_UNANSWERED = 1_000;

/** @param onRoom called whenever half of these places have become free again */
export function unansweredLaunches(onRoom: () => void): UnansweredLaunches {
  const tasks = new Set<string>();
  return {
    has: (taskId) => tasks.has(taskId),
    add: (taskId) => void tasks.add(taskId),
    answered(taskIds) {
      const before = tasks.size;
      for (const taskId of taskIds) tasks.delete(taskId);
      if (before > MOST_UNANSWERED / 2 && tasks.size <= MOST_UNANSWERED / 2) onRoom();
    },
    isFull: () => tasks.size >= MOST_UNANSWERED,
    get size() {
      return tasks.size;
    },
  };
}
