import type { JobKey } from '../names.ts';

/** Mesos takes no longer id: agents make directories of that name. */
const LONGEST_ID = 255;
/** Four dashes and a UUID; see the scheduler's newTaskId. */
const FIXED_LETTERS = 4 + 36;

/** Letters of the id of the job's last instance. */
export const taskIdLetters = ({ role, environment, name }: JobKey, instances: number): number =>
  role.length + environment.length + name.length + String(Math.max(0, instances - 1)).length + FIXED_LETTERS;

/**
 * Why tasks of the job would have ids that Mesos refuses; undefined when they have not. An executor's id is its prefix
 * and the task's id, and has the same limit.
 */
export function taskIdProblem(key: JobKey, instances: number, executorPrefix: string): string | undefined {
  const letters = taskIdLetters(key, instances) + executorPrefix.length;
  if (letters <= LONGEST_ID) return undefined;
  const names = key.role.length + key.environment.length + key.name.length;
  return `is too long: role, environment and name may have ${names - (letters - LONGEST_ID)} letters together, have ${names}; ids of tasks are made of them, and Mesos takes ${LONGEST_ID} letters`;
}
