import { toNumber } from '../i64.ts';
import type { SlaPolicy } from '../names.ts';

/** A fault of a policy, and the field it is in. */
interface SlaProblem {
  readonly field: 'percentage' | 'count' | 'durationSecs' | 'coordinatorUrl' | 'statusKey';
  readonly text: string;
}

/**
 * What makes an SLA policy useless for a job of this size: impossible numbers, or numbers that never allow an instance
 * to be taken down, so that maintenance and updates would wait for ever. Source: the original's ConfigurationManager,
 * which checks only the latter.
 */
export function slaProblem(policy: SlaPolicy, instances: number): SlaProblem | undefined {
  const {
    percentageSlaPolicy: percentage,
    countSlaPolicy: count,
    coordinatorSlaPolicy: coordinator,
  } = policy;
  if (coordinator) return coordinatorProblem(coordinator);
  const durationSecs = toNumber((percentage ?? count)?.durationSecs ?? 0);
  if (durationSecs < 0) return { field: 'durationSecs', text: `must be at least 0, got ${durationSecs}` };
  if (percentage) {
    const { percentage: share } = percentage;
    if (!(share >= 0 && share <= 100))
      return { field: 'percentage', text: `must be from 0 to 100, got ${share}` };
    return (instances * (100 - share)) / 100 < 1
      ? { field: 'percentage', text: blocked(`${share}% of ${instances}`) }
      : undefined;
  }
  const least = toNumber(count?.count ?? 0);
  if (least < 0) return { field: 'count', text: `must be at least 0, got ${least}` };
  return instances - least < 1 ? { field: 'count', text: blocked(`${least} of ${instances}`) } : undefined;
}

const blocked = (share: string): string =>
  `must leave at least one instance that may be killed, and ${share} have to stay`;

function coordinatorProblem({
  coordinatorUrl,
  statusKey,
}: NonNullable<SlaPolicy['coordinatorSlaPolicy']>): SlaProblem | undefined {
  if (!/^https?:\/\/[^/]/.test(coordinatorUrl))
    return {
      field: 'coordinatorUrl',
      text: `must be an http or https URL, got ${JSON.stringify(coordinatorUrl)}`,
    };
  return statusKey === '' ? { field: 'statusKey', text: 'must not be empty' } : undefined;
}
