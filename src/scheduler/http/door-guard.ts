import type { MiddlewareHandler } from 'hono';
import { doorOf } from '../security/doors.ts';
import { NOTHING } from '../security/permission.ts';
import type { CallerEnv } from './caller.ts';
import type { Denials } from './denials.ts';

/**
 * Lets a request through when the caller has the permission of its path. Calls are checked later, once their method is
 * known. Without authentication everyone has every permission.
 */
export function doorGuard(denials: Denials): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    const { door, permission } = doorOf(c.req.path);
    const caller = c.get('caller');
    // Do not read the body when the caller could not make any call. OPTIONS is let through: browsers send it without
    // credentials.
    if (door.opens === 'calls' && caller.grants === NOTHING && c.req.method !== 'OPTIONS')
      return denials.anonymous(c, caller);
    if (door.opens !== 'permission' || caller.grants.permits(permission)) return next();
    if (caller.authenticatedBy === 'none') return denials.anonymous(c, caller);
    return c.text(`${await denials.permission(caller, permission, c.req.path)}.\n`, 403);
  };
}
