import type { Problem } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

const problem = (field: string, text: string): Problem => ({
  kind: 'bad-update-settings',
  path: ['updateConfig', field],
  text,
});

/** The fraction of a dedicated job's instances whose failure an update must tolerate. Source: the original client. */
const DEDICATED_FAILURE_SHARE = 0.02;

/** Update settings that contradict each other or the size of the job. */
export function updateProblems(job: ResolvedStruct<'Job'>): readonly Problem[] {
  const { instances, constraints, updateConfig } = job;
  const { maxTotalFailures, updateStrategy, waitForBatchCompletion, batchSize } = updateConfig;
  const problems: Problem[] = [];
  if (maxTotalFailures >= instances && maxTotalFailures > 0) {
    const size = `${instances} ${instances === 1 ? 'instance' : 'instances'}`;
    problems.push(
      problem(
        'maxTotalFailures',
        `must be less than instances: the job has ${size}, got ${maxTotalFailures}`,
      ),
    );
  }
  const least = Math.floor(instances * DEDICATED_FAILURE_SHARE);
  if (constraints?.dedicated !== undefined && maxTotalFailures < least) {
    problems.push(
      problem(
        'maxTotalFailures',
        `must be at least ${least} for a dedicated job of ${instances} instances, got ${maxTotalFailures}`,
      ),
    );
  }
  if (updateStrategy && waitForBatchCompletion)
    problems.push(problem('waitForBatchCompletion', `cannot be combined with ${updateStrategy.struct}`));
  if (updateStrategy && batchSize > 1)
    problems.push(
      problem('batchSize', `cannot be combined with ${updateStrategy.struct}, which has sizes of its own`),
    );
  return problems;
}
