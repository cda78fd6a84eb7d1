import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';

/** How a caller showed who it is. */
export type Credential = 'none';

/** Who calls: the authenticated user, or nobody in particular; from where, and how it is known. */
export interface Caller {
  readonly user: string;
  /** Of the other end of the connection, which may be a proxy; undefined where there is no connection. */
  readonly address: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly authenticatedBy: Credential;
}

/** The name of a caller who gave none. Source: the original's audit messages. */
const UNSECURE = 'UNSECURE';

/** Context of routes behind `callers`. */
export interface CallerEnv {
  // Empty where no server is: an app can be asked without one.
  Bindings: Partial<HttpBindings>;
  Variables: { caller: Caller };
}

/** IPv4 connections of a socket that takes both kinds look like IPv6. */
const plainAddress = (address: string | undefined): string | undefined =>
  address?.replace(/^::ffff:(?=\d)/, '');

function callerOf(c: Context<CallerEnv>): Caller {
  const socket = c.env?.incoming?.socket;
  return {
    user: UNSECURE,
    address: plainAddress(socket?.remoteAddress),
    scheme: new URL(c.req.url).protocol === 'https:' ? 'https' : 'http',
    authenticatedBy: 'none',
  };
}

/**
 * Finds out who calls, once for every request and before any route: routes read `c.get('caller')` and nothing else of
 * the kind.
 */
export const callers: MiddlewareHandler<CallerEnv> = async (c, next) => {
  c.set('caller', callerOf(c));
  return next();
};
