import type { JobKey } from '../names.ts';

/** The longest id that Mesos accepts, because agents create directories of that name. */
const LONGEST_ID = 255;
/** Four dashes and a UUID; see the scheduler's newTaskId. */
const FIXED_LETTERS = 4 + 36;

/** Length of the id of the job's last instance. */
export const taskIdLetters = ({ role, environment, name }: JobKey, instances: number): number =>
  role.length + environment.length + name.length + String(Math.max(0, instances - 1)).length + FIXED_LETTERS;

/**
 * Why Mesos would refuse ids of the job's tasks; undefined when they are short enough. An executor's id is its prefix
 * and the task's id, with the same limit.
 */
export function taskIdProblem(key: JobKey, instances: number, executorPrefix: string): string | undefined {
  const letters = taskIdLetters(key, instances) + executorPrefix.length;
  if (letters <= LONGEST_ID) return undefined;
  const names = key.role.length + key.environment.length + key.name.length;
  return `is too long: role, environment and name may have ${names - (letters - LONGEST_ID)} letters together, have ${names}; ids of tasks are made of them, and Mesos takes ${LONGEST_ID} letters`;
}
