import { AURORA_EXECUTOR_PREFIX } from '../../api/index.ts';
import { taskIdProblem } from '../../api/rules/task-id.ts';
import { runsThermos } from '../convert/task-config.ts';
import type { Problem } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

/**
 * Names that lead to task ids which Mesos refuses. The prefix of another executor is only known to the scheduler. A job
 * without a name has other problems.
 */
export function taskIdProblems(job: ResolvedStruct<'Job'>): readonly Problem[] {
  if (job.role === undefined || job.environment === undefined || job.name === undefined) return [];
  const text = taskIdProblem(job, job.instances, runsThermos(job) ? AURORA_EXECUTOR_PREFIX : '');
  return text ? [{ kind: 'bad-identifier', path: ['name'], text }] : [];
}
