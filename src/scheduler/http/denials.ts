import type { Context } from 'hono';
import type { Call } from '../../api/index.ts';
import type { Logger } from '../../base/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { audited, auditedCall } from '../audit/audited.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Refused } from '../security/authenticator.ts';
import { type Permission, permissionText } from '../security/permission.ts';
import type { Security } from '../security/security.ts';
import type { Caller } from './caller.ts';
import { challenge } from './challenge.ts';

/** What was asked for: a call, or the path of a page. */
type Asked = Pick<Call, 'method' | 'args'> | string;

/** The one place where requests are turned away: it counts them, writes them to the audit log and makes the reply. */
export interface Denials {
  /** For credentials that are given but not accepted. */
  login(c: Context, why: Refused, caller: Caller): Promise<Response>;
  /** For missing credentials where some are needed. */
  anonymous(c: Context, caller: Caller, what?: Asked): Promise<Response>;
  /**
   * For a caller that lacks the permission.
   * @returns the sentence that tells them.
   */
  permission(caller: Caller, permission: Permission, what: Asked): Promise<string>;
  /**
   * For a call that names no valid job, so that the needed permission is unknown.
   * @returns the sentence that tells the caller.
   */
  unnamedJob(caller: Caller, what: Pick<Call, 'method' | 'args'>): Promise<string>;
}

export interface DenialSettings {
  readonly security?: Security | undefined;
  readonly audit?: AuditLog | undefined;
  readonly counters: Pick<Counters, 'add'>;
  readonly log: Logger;
}

const LOGINS = 'http_authentication_failures';
const ANONYMOUS = 'http_unauthenticated_requests';
const PERMISSIONS = 'shiro_authorization_failures';
const BAD = 'shiro_bad_requests';

const RETRY_SECS = '1';

/** Replies say no more than the client needs; the reason goes to the log and the audit log. */
export function denials({ audit, counters, log, security }: DenialSettings): Denials {
  for (const name of [LOGINS, ANONYMOUS]) counters.add(name, 0);
  const challenges = security?.challenges ?? [];
  const write = async (caller: Caller, what: Asked, result: string, why: string) =>
    audit?.note({
      kind: 'denial',
      ...audited(caller),
      ...(typeof what === 'string' ? { what } : auditedCall(what)),
      result,
      why,
    });
  return {
    async login(c, why, caller) {
      counters.add(LOGINS);
      log.warn({ address: caller.address, path: c.req.path, why }, 'a login failed');
      await write(caller, c.req.path, '401', `credentials are ${why}`);
      if (why === 'unavailable')
        return c.text('The login cannot be looked at now; try again in a moment.\n', 503, {
          'Retry-After': RETRY_SECS,
        });
      if (why === 'malformed') return c.text('The Authorization header is malformed.\n', 400);
      return challenge(c, challenges);
    },
    async anonymous(c, caller, what = c.req.path) {
      counters.add(ANONYMOUS);
      await write(caller, what, '401', 'no credentials');
      return challenge(c, challenges);
    },
    async permission(caller, permission, what) {
      const { address, user } = caller;
      counters.add(PERMISSIONS);
      const shown = permissionText(permission);
      const text = `${user} does not have the permission ${shown}`;
      log.warn({ user, address, permission: shown }, 'a permission is missing');
      await write(caller, what, typeof what === 'string' ? '403' : 'AUTH_FAILED', text);
      return text;
    },
    async unnamedJob(caller, what) {
      counters.add(BAD);
      const text = `${what.method} needs the valid key of a job`;
      await write(caller, what, 'INVALID_REQUEST', text);
      return text;
    },
  };
}
