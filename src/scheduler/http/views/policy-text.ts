import { type SlaPolicy, toNumber } from '../../../api/index.ts';

/** An SLA policy as text for people. */
export function policyText({
  coordinatorSlaPolicy: coordinator,
  countSlaPolicy: count,
  percentageSlaPolicy: percentage,
}: SlaPolicy): string {
  const within = (seconds: Parameters<typeof toNumber>[0]) => `for ${toNumber(seconds)} s`;
  if (percentage) return `${percentage.percentage} % running ${within(percentage.durationSecs)}`;
  if (count) return `${toNumber(count.count)} running ${within(count.durationSecs)}`;
  return coordinator ? `as ${coordinator.coordinatorUrl} says` : 'none';
}
