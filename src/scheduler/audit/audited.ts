import { type Call, isReadCall, type Wire } from '../../api/index.ts';
import type { Caller } from '../http/caller.ts';
import type { Dispatch } from '../http/rpc/dispatch.ts';
import { jobOf } from '../security/call-permission.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { AuditLog } from './audit-log.ts';

/** Limits for what is recorded: elements of lists of hosts and instances, and characters of texts. */
const MOST_SHOWN = 100;
const LONGEST_TEXT = 500;

/**
 * Arguments that are recorded because they tell what a change is about. Job configurations and queries are not: they
 * may hold secrets, and are long.
 */
const TELLING = ['backupId', 'count', 'instances', 'message', 'ownerRole', 'shardIds', 'status', 'taskId'];

function aboutOf(args: Call['args']): Record<string, unknown> | undefined {
  const given = args as Readonly<Record<string, unknown>>;
  const about: Record<string, unknown> = {};
  for (const name of TELLING) {
    const value = given[name];
    if (value === undefined) continue;
    about[name] = Array.isArray(value)
      ? value.slice(0, MOST_SHOWN)
      : typeof value === 'string'
        ? value.slice(0, LONGEST_TEXT)
        : value;
  }
  const { hostNames } = (given.hosts ?? {}) as { readonly hostNames?: readonly string[] };
  if (hostNames) about.hosts = hostNames.slice(0, MOST_SHOWN);
  const { id, instanceId } = (given.key ?? {}) as { readonly id?: string; readonly instanceId?: number };
  if (id !== undefined) about.update = id;
  if (instanceId !== undefined) about.instance = instanceId;
  return Object.keys(about).length > 0 ? about : undefined;
}

/** What every entry says about the caller. */
export const audited = ({ address, authenticatedBy, traceId, user }: Caller) => ({
  user,
  by: authenticatedBy,
  from: address,
  traceId,
});

/** What every entry says about the call. */
export function auditedCall({ args, method }: Pick<Call, 'method' | 'args'>) {
  const job = jobOf(args);
  return { what: method, job: job && jobKeyText(job), about: aboutOf(args) };
}

/** Records every call that asks for a change, with its result. A change that cannot be recorded is not begun. */
export function auditing(dispatch: Dispatch, audit: AuditLog): Dispatch {
  return async (call, caller): Promise<Wire<'Response'>> => {
    if (isReadCall(call.method)) return dispatch(call, caller);
    const obstacle = audit.obstacle();
    if (obstacle !== undefined)
      return {
        responseCode: 'ERROR_TRANSIENT',
        details: [{ message: `Nothing was done: the audit log cannot be written (${obstacle})` }],
      };
    const response = await dispatch(call, caller);
    const { details, responseCode: result } = response;
    await audit.note({
      kind: 'write',
      ...audited(caller),
      ...auditedCall(call),
      result: result ?? '',
      why: result === 'OK' ? undefined : details?.map(({ message }) => message).join('; '),
    });
    return response;
  };
}
