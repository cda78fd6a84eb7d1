import { type SlaPolicy, toNumber } from '../../api/index.ts';

/** The two kinds of policy that are judged by counting tasks. */
export type CountedPolicy =
  | { readonly kind: 'percentage'; readonly percentage: number; readonly durationSecs: number }
  | { readonly kind: 'count'; readonly count: number; readonly durationSecs: number };

/** A policy that leaves the decision to an external service, the coordinator. */
export interface CoordinatorPolicy {
  readonly kind: 'coordinator';
  readonly url: string;
  /** Name of the field in the coordinator's answer that has to be true. */
  readonly statusKey: string;
}

/** What a policy asks for. Undefined asks for nothing: every task may be taken down. */
type PolicyKind = CountedPolicy | CoordinatorPolicy | undefined;

/** The field of a coordinator's answer that is read unless the policy names another. Source: the original's API. */
const STATUS_KEY = 'drain';

/** Turns a policy of the API into one of these kinds. */
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

/** The standing of a job without the task that is to be taken down. */
export interface JobStanding {
  /** The job's active tasks, including the task in question. */
  readonly total: number;
  /** How many of the other tasks have been RUNNING for the policy's duration. */
  readonly running: number;
  /**
   * When the next RUNNING task will have been so for the duration, epoch milliseconds; undefined when all of them have.
   * Until then, no verdict changes by time alone.
   */
  readonly nextMaturityMs: number | undefined;
}

/** Rounding errors of percentages are smaller than this fraction of a task. */
const ROUNDING = 1e-9;

/**
 * How many of the other tasks have to be running. A policy that would keep every task still lets one go, or nothing
 * could ever be taken down. Source: the original's SlaManager.
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
