import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Authenticator } from './authenticator.ts';

/** What of the package `kerberos` is used. */
export interface KerberosPackage {
  initializeServer(service: string): Promise<{
    step(token: string): Promise<unknown>;
    readonly contextComplete: boolean;
    readonly username: string | null;
  }>;
}

const PACKAGE = 'kerberos';

/** @throws AuroraError USAGE when the package is not installed. */
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

/** The name that GSS has for a service of a host. @throws AuroraError USAGE */
function serviceOf(principal: string): string {
  const [, service, host] = /^([^/@]+)\/([^/@]+)(?:@.+)?$/.exec(principal) ?? [];
  if (service === undefined || host === undefined)
    throw new AuroraError('USAGE', `-kerberos_server_principal: "${principal}" is not as in HTTP/host@REALM`);
  return `${service}@${host}`;
}

/**
 * SPNEGO in one round trip: the user is the principal before `@`, and the ini file says what it may do. Source: the
 * original's Kerberos5Realm and AuthorizeHeaderToken.
 * @throws AuroraError USAGE for a principal that is none.
 */
export function negotiateAuthenticator(
  kerberos: KerberosPackage,
  { keytab, principal }: KerberosRules,
  log: Logger,
): Authenticator {
  const service = serviceOf(principal);
  // The library of Kerberos takes its keytab from nowhere else.
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
