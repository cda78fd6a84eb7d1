/** Where things lie below a checkpoint root. Source: the original's TaskPath. Paths only; nothing is looked up. */

/** The checkpoint root of a task that runs on Mesos. */
export const checkpointRoot = (runDirectory: string): string => `${runDirectory}/checkpoints`;

/** Where a task's file lies as long as it is in that state. */
export const taskFile = (root: string, state: 'active' | 'finished', taskId: string): string =>
  `${root}/tasks/${state}/${taskId}`;

/** The records of a task. */
export const runnerFile = (root: string, taskId: string): string => `${root}/checkpoints/${taskId}/runner`;

/** Where the logs of a task lie when its header does not say: the header's own default, as the original writes it. */
export const defaultLogDirectory = (sandbox: string): string => `${sandbox}/.logs`;

/** What a run wrote to one of its streams. */
export const logFile = (
  logDirectory: string,
  process: string,
  run: number,
  stream: 'stdout' | 'stderr',
): string => `${logDirectory}/${process}/${run}/${stream}`;
