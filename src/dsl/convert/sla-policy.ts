import type { SlaPolicy } from '../../api/index.ts';
import type { ResolvedStruct } from '../schema/table.ts';

/** The policy in the scheduler's form. */
export function slaPolicyOf(policy: NonNullable<ResolvedStruct<'Job'>['slaPolicy']>): SlaPolicy {
  switch (policy.struct) {
    case 'PercentageSlaPolicy':
      return { percentageSlaPolicy: policy.value };
    case 'CountSlaPolicy':
      return { countSlaPolicy: policy.value };
    case 'CoordinatorSlaPolicy':
      return { coordinatorSlaPolicy: policy.value };
  }
}
