/** Paths below a checkpoint root; nothing is read here. Source: the original's TaskPath. */

/** The checkpoint root of a task that runs on Mesos. */
export const checkpointRoot = (runDirectory: string): string => `${runDirectory}/checkpoints`;

/** The file of a task while it is in that state. */
export const taskFile = (root: string, state: 'active' | 'finished', taskId: string): string =>
  `${root}/tasks/${state}/${taskId}`;

/** The file with the records of a task. */
export const runnerFile = (root: string, taskId: string): string => `${root}/checkpoints/${taskId}/runner`;

/** The log directory of a task whose header names none; it is the default that the original writes. */
export const defaultLogDirectory = (sandbox: string): string => `${sandbox}/.logs`;

/** The file with the output of one run to one of its streams. */
export const logFile = (
  logDirectory: string,
  process: string,
  run: number,
  stream: 'stdout' | 'stderr',
): string => `${logDirectory}/${process}/${run}/${stream}`;
