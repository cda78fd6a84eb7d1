import type { Fields } from '../../api/thermos/fields.ts';

/** Source: the original's schema of Task and Process. */
const TASK = { constraints: [], max_failures: 1, max_concurrency: 0, finalization_wait: 30 };
const PROCESS = { max_failures: 1, daemon: false, ephemeral: false, min_duration: 5, final: false };

/**
 * The task as its file in the checkpoint holds it. Fields that were left out have their defaults there, as in the
 * original's files: observers show them, and other readers rely on finding them.
 * @param name of the task, which by default is that of its first process
 */
export function taskJson(bound: Fields, name: string): string {
  const processes = Array.isArray(bound.processes) ? bound.processes : [];
  return JSON.stringify({
    name,
    ...TASK,
    ...bound,
    processes: processes.map((process) => ({ ...PROCESS, ...process })),
  });
}
