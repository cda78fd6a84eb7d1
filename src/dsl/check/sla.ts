import { slaProblem } from '../../api/rules/sla.ts';
import { slaPolicyOf } from '../convert/sla-policy.ts';
import type { Problem } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

/** An SLA policy that is impossible for a job of this size, or an SLA-aware update without a policy. */
export function slaProblems({
  slaPolicy,
  instances,
  updateConfig,
}: ResolvedStruct<'Job'>): readonly Problem[] {
  if (!slaPolicy) {
    const text = 'needs a slaPolicy of the job';
    return updateConfig.slaAware
      ? [{ kind: 'bad-update-settings', path: ['updateConfig', 'slaAware'], text, doomed: 'update' }]
      : [];
  }
  const problem = slaProblem(slaPolicyOf(slaPolicy), instances);
  if (!problem) return [];
  const { field, text } = problem;
  return [{ kind: 'bad-value', path: ['slaPolicy', field], text, doomed: 'job' }];
}
