import { type SlaPolicy, toNumber } from '../../api/index.ts';

/** The two policies that are judged by counting. */
export type CountedPolicy =
  | { readonly kind: 'percentage'; readonly percentage: number; readonly durationSecs: number }
  | { readonly kind: 'count'; readonly count: number; readonly durationSecs: number };

/** A policy that somebody else judges. */
export interface CoordinatorPolicy {
  readonly kind: 'coordinator';
  readonly url: string;
  /** Member of the answer that has to be true. */
  readonly statusKey: string;
}

/** What a policy asks for, or nothing: then every task may be taken down. */
type PolicyKind = CountedPolicy | CoordinatorPolicy | undefined;

/** Member of a coordinator's answer that says yes, unless the policy names another. Source: the original's API. */
const STATUS_KEY = 'drain';

/** The policy as one of its kinds. */
export function policyKind(policy: SlaPolicy | undefined): PolicyKind {
  const { percentageSlaPolicy, countSlaPolicy, coordinatorSlaPolicy } = policy ?? {};
  if (percentageSlaPolicy) {
    const { percentage, durationSecs } = percentageSlaPolicy;
    return { kind: 'percentage', percentage, durationSecs: toNumber(durationSecs) };
  }
  if (countSlaPolicy) {
    const { count, durationSecs } = countSlaPolicy;
    return { kind: 'count', count: toNumber(count), durationSecs: toNumber(durationSecs) };
  }
  if (!coordinatorSlaPolicy) return undefined;
  const { coordinatorUrl, statusKey } = coordinatorSlaPolicy;
  return { kind: 'coordinator', url: coordinatorUrl, statusKey: statusKey || STATUS_KEY };
}

/** How a job stands without the task that is to be taken down. */
export interface JobStanding {
  /** Its active tasks, the one in question included. */
  readonly total: number;
  /** Those of the others that have been RUNNING for the policy's duration. */
  readonly running: number;
  /**
   * When the next of its RUNNING tasks has been so for the duration, epoch milliseconds; undefined when all of them
   * have. Until then, time alone changes no verdict.
   */
  readonly nextMaturityMs: number | undefined;
}

/** Rounding errors of percentages are smaller than this part of a task. */
const ROUNDING = 1e-9;

/**
 * How many of the others have to be running; a policy that would keep every task lets one go, or nothing could ever be
 * taken down. Source: the original's SlaManager.
 */
export function requiredRunning(policy: CountedPolicy, total: number): number {
  const wanted = policy.kind === 'count' ? policy.count : (total * policy.percentage) / 100;
  return total - wanted < 1 - ROUNDING ? total - 1 : wanted;
}

/** Why the task may not be taken down now; undefined when it may. */
export function slaRefusal(
  policy: CountedPolicy,
  { total, running }: Pick<JobStanding, 'total' | 'running'>,
): string | undefined {
  const required = Math.ceil(requiredRunning(policy, total) - ROUNDING);
  if (running >= required) return undefined;
  return `${running} of the other ${total - 1} tasks of the job have been RUNNING for ${policy.durationSecs} secs, and its SLA policy asks for ${required}`;
}
