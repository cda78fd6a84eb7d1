import type { Context } from 'hono';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Refused } from '../security/authenticator.ts';
import { type Permission, permissionText } from '../security/permission.ts';
import type { Security } from '../security/security.ts';
import type { Caller } from './caller.ts';
import { challenge } from './challenge.ts';

/** How requests are turned away: one place that counts them, writes them down and answers. */
export interface Denials {
  /** Credentials are there and not good. */
  login(c: Context, why: Refused, caller: Caller): Response;
  /** None are there, and some are needed. */
  anonymous(c: Context, caller: Caller): Response;
  /** Whoever it is lacks the permission; the result is the sentence that tells them. */
  permission(caller: Caller, permission: Permission, what: string): string;
  /** It cannot be said which permission is needed. */
  unnamedJob(caller: Caller, what: string): void;
}

export interface DenialSettings {
  readonly security?: Security | undefined;
  readonly counters: Pick<Counters, 'add'>;
  readonly log: Logger;
}

const LOGINS = 'http_authentication_failures';
const ANONYMOUS = 'http_unauthenticated_requests';
const PERMISSIONS = 'shiro_authorization_failures';
const BAD = 'shiro_bad_requests';

const RETRY_SECS = '1';

/** @throws nothing; answers say no more than the client needs. */
export function denials({ counters, log, security }: DenialSettings): Denials {
  for (const name of [LOGINS, ANONYMOUS]) counters.add(name, 0);
  const challenges = security?.challenges ?? [];
  return {
    login(c, why, { address }) {
      counters.add(LOGINS);
      log.warn({ address, path: c.req.path, why }, 'a login failed');
      if (why === 'unavailable')
        return c.text('The login cannot be looked at now; try again in a moment.\n', 503, {
          'Retry-After': RETRY_SECS,
        });
      return why === 'malformed'
        ? c.text('The Authorization header is malformed.\n', 400)
        : challenge(c, challenges);
    },
    anonymous(c) {
      counters.add(ANONYMOUS);
      return challenge(c, challenges);
    },
    permission({ address, user }, permission, what) {
      counters.add(PERMISSIONS);
      const text = `${user} does not have the permission ${permissionText(permission)}`;
      log.warn({ user, address, permission: permissionText(permission), what }, 'a permission is missing');
      return text;
    },
    unnamedJob({ address, user }, what) {
      counters.add(BAD);
      log.warn({ user, address, what }, 'a call names no job');
    },
  };
}
