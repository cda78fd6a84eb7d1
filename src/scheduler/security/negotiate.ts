import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Authenticator } from './authenticator.ts';

/** The part of the package `kerberos` that we use. */
export interface KerberosPackage {
  initializeServer(service: string): Promise<{
    step(token: string): Promise<unknown>;
    readonly contextComplete: boolean;
    readonly username: string | null;
  }>;
}

const PACKAGE = 'kerberos';

/**
 * Loads the package.
 * @throws AuroraError USAGE when it is not installed.
 */
export async function loadKerberos(): Promise<KerberosPackage> {
  try {
    const module = (await import(PACKAGE)) as { readonly default?: KerberosPackage } & KerberosPackage;
    return module.default ?? module;
  } catch (cause) {
    throw new AuroraError(
      'USAGE',
      'the mechanism NEGOTIATE needs the package kerberos, which is not installed',
      {
        next: 'run npm install kerberos beside aurora: it is compiled for the machine and so does not come with it',
        cause,
      },
    );
  }
}

export interface KerberosRules {
  /** `HTTP/host@REALM` */
  readonly principal: string;
  readonly keytab: string;
}

/**
 * Name of the service in GSS form (`service@host`).
 * @throws AuroraError USAGE for a malformed principal.
 */
function serviceOf(principal: string): string {
  const [, service, host] = /^([^/@]+)\/([^/@]+)(?:@.+)?$/.exec(principal) ?? [];
  if (service === undefined || host === undefined)
    throw new AuroraError('USAGE', `-kerberos_server_principal: "${principal}" is not as in HTTP/host@REALM`);
  return `${service}@${host}`;
}

/**
 * SPNEGO authentication in one round trip. The user is the part of the principal before `@`; the ini file says what it
 * may do.
 * Source: the original's Kerberos5Realm and AuthorizeHeaderToken.
 * @throws AuroraError USAGE for a malformed principal.
 */
export function negotiateAuthenticator(
  kerberos: KerberosPackage,
  { keytab, principal }: KerberosRules,
  log: Logger,
): Authenticator {
  const service = serviceOf(principal);
  // The Kerberos library reads the path of its keytab only from this variable.
  process.env.KRB5_KTNAME = keytab;
  return {
    challenge: 'Negotiate',
    async judge({ authorization }) {
      if (authorization?.scheme !== 'negotiate') return undefined;
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(authorization.value)) return 'malformed';
      try {
        const server = await kerberos.initializeServer(service);
        await server.step(authorization.value);
        const user = server.username?.split('@')[0] ?? '';
        if (!server.contextComplete || user === '') return 'wrong';
        return { user, by: 'negotiate', roles: [] };
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'a ticket of Kerberos is not good');
        return 'wrong';
      }
    },
  };
}
