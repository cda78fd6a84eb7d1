import { CALLS, type JobKey } from '../../api/index.ts';
import { type Allowance, type Can, PAGE_CALLS, type PageCall } from '../../api/views/shared.ts';
import { scopeOf } from '../security/call-permission.ts';
import { permissionText } from '../security/permission.ts';
import type { Caller } from './caller.ts';

/**
 * `true` when the caller may make the call, otherwise a sentence that names the missing permission. For calls about a
 * job, `job` narrows the permission.
 */
function allowance({ authenticatedBy, grants }: Caller, call: PageCall, job: JobKey | undefined): Allowance {
  const about = job && scopeOf(call) === 'the job' ? [job.role, job.environment, job.name] : [];
  const permission = [`thrift.${CALLS[call].service}`, call, ...about];
  if (grants.permits(permission)) return true;
  const text = `needs the permission ${permissionText(permission)}`;
  return authenticatedBy === 'none' ? `${text}; you are not logged in` : text;
}

const READ_ONLY = 'this page only shows (-page_read_only); use a client to change something';

/**
 * What the caller may do on the page, for every call that it offers. Uses the same permissions as the calls themselves,
 * unless the page is switched to reading only.
 */
export const canOf = (caller: Caller, isReadOnly: boolean, job?: JobKey): Can =>
  Object.fromEntries(
    PAGE_CALLS.map((call) => [call, isReadOnly ? READ_ONLY : allowance(caller, call, job)]),
  ) as Can;
