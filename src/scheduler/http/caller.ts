import type { HttpBindings } from '@hono/node-server';
import type { Credential } from '../security/authenticator.ts';
import type { Grants } from '../security/permission.ts';

/** Who calls: the authenticated user, or nobody in particular; from where, and how it is known. */
export interface Caller {
  readonly user: string;
  /** Of the other end of the connection, which may be a proxy; undefined where there is no connection. */
  readonly address: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly authenticatedBy: Credential;
  /** What they may do: everything while nobody is asked for credentials. */
  readonly grants: Grants;
  /** Of the trace that the client says this belongs to. */
  readonly traceId: string | undefined;
  /** The client's span in it. */
  readonly traceparent?: string | undefined;
}

/** Context of routes behind `callers`. */
export interface CallerEnv {
  // Empty where no server is: an app can be asked without one.
  Bindings: Partial<HttpBindings>;
  Variables: { caller: Caller };
}
