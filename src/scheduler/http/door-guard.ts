import type { MiddlewareHandler } from 'hono';
import { doorOf } from '../security/doors.ts';
import { NOTHING } from '../security/permission.ts';
import type { CallerEnv } from './caller.ts';
import type { Denials } from './denials.ts';

/**
 * Lets through who has the permission of the path; calls are judged when it is known which they are. Without
 * authentication everyone has every permission.
 */
export function doorGuard(denials: Denials): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    const { door, permission } = doorOf(c.req.path);
    const caller = c.get('caller');
    // The body of a call that cannot be permitted to anybody is not read. A browser asks by OPTIONS without credentials.
    if (door.opens === 'calls' && caller.grants === NOTHING && c.req.method !== 'OPTIONS')
      return denials.anonymous(c, caller);
    if (door.opens !== 'permission' || caller.grants.permits(permission)) return next();
    if (caller.authenticatedBy === 'none') return denials.anonymous(c, caller);
    return c.text(`${await denials.permission(caller, permission, c.req.path)}.\n`, 403);
  };
}
