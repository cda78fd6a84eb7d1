import type { TLSSocket } from 'node:tls';
import type { Context, MiddlewareHandler } from 'hono';
import type { Presented } from '../security/authenticator.ts';
import { doorOf } from '../security/doors.ts';
import { EVERYTHING, type Grants } from '../security/permission.ts';
import type { Security } from '../security/security.ts';
import type { Caller, CallerEnv } from './caller.ts';
import type { Denials } from './denials.ts';

/** User name for callers without credentials. Source: the original's audit messages. */
const UNSECURE = 'UNSECURE';

/** Strips the `::ffff:` prefix that IPv4 addresses have on a socket that accepts both IPv4 and IPv6. */
const plainAddress = (address: string | undefined): string | undefined =>
  address?.replace(/^::ffff:(?=\d)/, '');

const TRACE_PARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

function stranger(c: Context<CallerEnv>, grants: Grants): Caller {
  const socket = c.env?.incoming?.socket;
  const traceparent = c.req.header('traceparent');
  return {
    user: UNSECURE,
    address: plainAddress(socket?.remoteAddress),
    scheme: new URL(c.req.url).protocol === 'https:' ? 'https' : 'http',
    authenticatedBy: 'none',
    grants,
    traceId: TRACE_PARENT.exec(traceparent ?? '')?.[1],
    traceparent,
  };
}

function presented(c: Context<CallerEnv>, address: string | undefined): Presented {
  const socket = c.env?.incoming?.socket as Partial<TLSSocket> | undefined;
  const [, scheme, value] = /^\s*([\w-]+)\s*(.*?)\s*$/.exec(c.req.header('Authorization') ?? '') ?? [];
  const shown = socket?.authorized === true ? socket.getPeerCertificate?.() : undefined;
  // A resumed TLS session counts as authorized even when the client never showed a certificate in it.
  const peer = shown?.subject && shown;
  // A subject with several common names is an array here and identifies nobody.
  const CN: string | readonly string[] | undefined = peer?.subject?.CN;
  return {
    authorization:
      scheme === undefined || value === undefined ? undefined : { scheme: scheme.toLowerCase(), value },
    header: (name) => c.req.header(name),
    address,
    encrypted: socket?.encrypted === true,
    certificate: peer && { commonName: typeof CN === 'string' ? CN : undefined },
  };
}

/**
 * Finds out who is calling, once per request and before any route; routes only read `c.get('caller')`. Bad credentials
 * end the request, whatever path it asks for, except that paths open to everyone do not look at credentials at all.
 */
export function callers(security: Security | undefined, denials: Denials): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    const nobody = stranger(c, security ? security.anonymous : EVERYTHING);
    c.set('caller', nobody);
    c.set('denied', (permission) => denials.permission(c.get('caller'), permission, c.req.path));
    if (!security || doorOf(c.req.path).door.opens === 'everyone') return next();
    const found = await security.identify(presented(c, nobody.address));
    if (found === undefined) return next();
    if (typeof found === 'string') return denials.login(c, found, nobody);
    c.set('caller', {
      ...nobody,
      user: found.user,
      authenticatedBy: found.by,
      grants: found.grants,
    });
    return next();
  };
}
