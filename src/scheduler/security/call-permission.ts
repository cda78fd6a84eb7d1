import { CALLS, type CallName, type JobKey, type Wire, type WireArgs } from '../../api/index.ts';
import { validJobKey } from '../jobs/job-key.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { Permission } from './permission.ts';

/** What narrows down the permission of a call: its job, the part of the cluster that it asks for, or nothing. */
export type CallScope = 'the job' | 'what is asked for' | 'nothing';

/** Calls of the administrator that we added and that are about one job. */
const ADMIN_ABOUT_JOBS: ReadonlySet<string> = new Set<CallName>(['restoreJob']);

export function scopeOf(method: CallName): CallScope {
  if (CALLS[method].service === 'AuroraSchedulerManager' || ADMIN_ABOUT_JOBS.has(method)) return 'the job';
  return CALLS[method].service === 'ReadOnlyScheduler' && Object.keys(CALLS[method].args).length > 0
    ? 'what is asked for'
    : 'nothing';
}

/** The fields that queries of tasks and queries of updates share. */
type Restriction = Partial<Wire<'TaskQuery'> & Wire<'JobUpdateQuery'>>;

/** The arguments that can name a job, role or environment, under the names that the calls use. */
interface Named {
  readonly job?: Wire<'JobKey'>;
  readonly description?: Wire<'JobConfiguration'>;
  readonly config?: Wire<'JobConfiguration'>;
  readonly request?: Partial<Wire<'JobUpdateRequest'> & Wire<'JobRestartRequest'>>;
  readonly key?: Wire<'JobUpdateKey'> & Wire<'InstanceKey'>;
  readonly query?: Restriction;
  readonly jobUpdateQuery?: Restriction;
  readonly role?: string;
  readonly ownerRole?: string;
}

/**
 * The job that a call is about; undefined when it names none. Source: the original's ShiroAuthorizingParamInterceptor.
 */
export function jobOf(args: WireArgs<CallName>): JobKey | undefined {
  const { config, description, job, key, request } = args as Named;
  return validJobKey(
    job ??
      description?.key ??
      config?.key ??
      request?.job ??
      request?.taskConfig?.job ??
      key?.job ??
      key?.jobKey,
  );
}

const keyParts = ({ environment, name, role }: JobKey): Permission => [role, environment, name];

/** The part of the cluster that a read is restricted to. Its reply can contain nothing else. */
function askedFor(args: WireArgs<CallName>): Permission {
  const { jobUpdateQuery, ownerRole, query, role = ownerRole } = args as Named;
  if (role?.trim()) return [role];
  const restriction = query ?? jobUpdateQuery;
  if (!restriction) {
    const job = jobOf(args);
    return job ? keyParts(job) : [];
  }
  const one = restriction.jobKey ?? (restriction.jobKeys?.length === 1 ? restriction.jobKeys[0] : undefined);
  const job = validJobKey(one);
  if (job) return keyParts(job);
  const { environment, jobName, role: of } = restriction;
  // A blank role restricts nothing.
  if (!of?.trim()) return [];
  if (environment === undefined) return [of];
  return jobName === undefined ? [of, environment] : [of, environment, jobName];
}

/**
 * All permissions that a caller needs for this call; undefined when the call has to name a job and does not. If the
 * job's task configuration names another job, permission for both is needed, because the original checks one and
 * creates tasks under the other.
 */
export function callPermissions(
  method: CallName,
  args: WireArgs<CallName>,
): readonly Permission[] | undefined {
  const call = [`thrift.${CALLS[method].service}`, method];
  const scope = scopeOf(method);
  if (scope === 'nothing') return [call];
  if (scope === 'what is asked for') return [[...call, ...askedFor(args)]];
  const job = jobOf(args);
  if (!job) return undefined;
  const { config, description } = args as Named;
  const ofTasks = validJobKey((description ?? config)?.taskConfig?.job);
  return [job, ...(ofTasks && jobKeyText(ofTasks) !== jobKeyText(job) ? [ofTasks] : [])].map((key) => [
    ...call,
    ...keyParts(key),
  ]);
}
