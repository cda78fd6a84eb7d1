import type { HttpBindings } from '@hono/node-server';
import type { Credential } from '../security/authenticator.ts';
import type { Grants, Permission } from '../security/permission.ts';

/** Who sent a request (an authenticated user, or nobody in particular), from where, and how we know. */
export interface Caller {
  readonly user: string;
  /** Address of the other end of the connection, which may be a proxy; undefined when there is no connection. */
  readonly address: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly authenticatedBy: Credential;
  /** What the caller may do; everything when authentication is off. */
  readonly grants: Grants;
  /** Id of the trace that the client's `traceparent` header names. */
  readonly traceId: string | undefined;
  /** The `traceparent` header as it came, which names the client's span. */
  readonly traceparent?: string | undefined;
}

/** Hono context of the routes that come after `callers`. */
export interface CallerEnv {
  // Partial because an app can be called without a server, as in tests.
  Bindings: Partial<HttpBindings>;
  Variables: {
    caller: Caller;
    /**
     * Counts and records that the caller lacks a permission.
     * @returns the sentence that tells them.
     */
    denied: (permission: Permission) => Promise<string>;
  };
}
