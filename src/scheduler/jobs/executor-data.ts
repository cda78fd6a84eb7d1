import { AURORA_EXECUTOR_NAME, type TaskConfig } from '../../api/index.ts';
import { checkRunnable } from '../../api/thermos/runnable.ts';
import { AuroraError } from '../../base/errors.ts';
import { refused } from './job-refusal.ts';

/**
 * Refuses a task that its executor would refuse on arrival, by reading the data with the executor's own code. Data
 * without processes is not checked, since only the executor can interpret it; the original scheduler does the same.
 * @throws AuroraError BAD_PARAMETER with the executor's message
 */
export function checkExecutorData({ executorConfig, job, resources }: TaskConfig, instances: number): void {
  const { name, data } = executorConfig ?? {};
  if (name !== AURORA_EXECUTOR_NAME || data === undefined || !holdsProcesses(data)) return;
  const ports = resources.flatMap(({ namedPort }) => namedPort ?? []);
  try {
    checkRunnable(data, { job, instances, ports });
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    throw refused(`The executor cannot run this task: ${error.message}`);
  }
}

function holdsProcesses(data: string): boolean {
  try {
    const { task } = JSON.parse(data) as { readonly task?: { readonly processes?: unknown } };
    return Array.isArray(task?.processes);
  } catch {
    return false;
  }
}
