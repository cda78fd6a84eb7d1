import { type Call, isReadCall, type Wire } from '../../api/index.ts';
import type { Caller } from '../http/caller.ts';
import type { Dispatch } from '../http/rpc/dispatch.ts';
import { jobOf } from '../security/call-permission.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { AuditLog } from './audit-log.ts';

/** Of lists of hosts and instances, and of texts. */
const MOST_SHOWN = 100;
const LONGEST_TEXT = 500;

/** Arguments that say what a change is about; job configurations and queries are not written down: they hold secrets, or are long. */
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

/** What of a caller stands in every entry. */
export const audited = ({ address, authenticatedBy, traceId, user }: Caller) => ({
  user,
  by: authenticatedBy,
  from: address,
  traceId,
});

/** What of a call stands in every entry. */
export function auditedCall({ args, method }: Pick<Call, 'method' | 'args'>) {
  const job = jobOf(args);
  return { what: method, job: job && jobKeyText(job), about: aboutOf(args) };
}

/** Writes down every change that is asked for, with what became of it. One that could not be written down is not begun. */
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
