/** The tasks whose launch is decided but not answered by Mesos yet. */
export interface UnansweredLaunches {
  has(taskId: string): boolean;
  add(taskId: string): void;
  /** To be called when Mesos has answered the launch of these tasks, or certainly never will. */
  answered(taskIds: readonly string[]): void;
  /** Whether further tasks should wait for an answer; `onRoom` is then called once there is room. */
  isFull(): boolean;
  readonly size: number;
}

/**
 * With so many tasks on their way no further ones are placed. A master that answers within 50 ms gets 40,000 tasks a second
 * so. Without a limit a slow one has everything that is pending on its way at once: the memory for it is lost, and the
 * matching does not see what the master offers meanwhile.
 */
const MOST_UNANSWERED = 2_000;

/** @param onRoom called when there is room for half as many again, after `isFull` returned true */
export function unansweredLaunches(onRoom: () => void): UnansweredLaunches {
  const tasks = new Set<string>();
  let isAwaited = false;
  return {
    has: (taskId) => tasks.has(taskId),
    add: (taskId) => void tasks.add(taskId),
    answered(taskIds) {
      for (const taskId of taskIds) tasks.delete(taskId);
      if (!isAwaited || tasks.size > MOST_UNANSWERED / 2) return;
      isAwaited = false;
      onRoom();
    },
    isFull() {
      isAwaited = tasks.size >= MOST_UNANSWERED;
      return isAwaited;
    },
    get size() {
      return tasks.size;
    },
  };
}
