import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import { isLoopbackHost } from '../../base/host-port.ts';
import type { Logger } from '../../base/log.ts';
import { type Files, systemFiles } from '../../tls/files.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import { type Accounts, readAccounts } from './accounts.ts';
import type { Authenticator } from './authenticator.ts';
import { basicAuthenticator } from './basic.ts';
import { certificateAuthenticator, proxyAuthenticator } from './connection.ts';
import { type JwtKeys, jwtAuthenticator, keysOfText, keysOfUrl } from './jwt.ts';
import { type KerberosPackage, loadKerberos, negotiateAuthenticator } from './negotiate.ts';
import { type Security, security } from './security.ts';
import { readTokens, tokenAuthenticator } from './tokens.ts';
import { type Watched, watchFile } from './watched-file.ts';

export interface LoadSecuritySettings {
  readonly flags: FlagSlice<'security'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly files?: Files;
  readonly loadKerberos?: () => Promise<KerberosPackage>;
}

/** Name that browsers show when they ask for a password. Source: the original's HttpSecurityModule. */
const REALM = 'Apache Aurora Scheduler';

type Maker = (
  settings: LoadSecuritySettings,
  accounts: Watched<Accounts>,
) => Promise<readonly Authenticator[]>;

/** @throws AuroraError USAGE when the value is missing. */
function needed<T>(value: T | undefined, flag: string, why: string): T {
  if (value !== undefined && value !== '') return value;
  throw new AuroraError('USAGE', `flag -${flag} is needed: ${why}`, { next: 'see docs/security.md' });
}

/** Creates the authenticators of each mechanism. */
const MAKERS: Readonly<Record<string, Maker>> = {
  BASIC: async ({ clock }, accounts) => [basicAuthenticator(accounts, clock, REALM)],
  BEARER: bearer,
  CERTIFICATE: async () => [certificateAuthenticator()],
  async NEGOTIATE({ flags, log, loadKerberos: load = loadKerberos }) {
    const principal = needed(
      flags.kerberosServerPrincipal,
      'kerberos_server_principal',
      'clients get tickets for it',
    );
    const keytab = needed(
      flags.kerberosServerKeytab,
      'kerberos_server_keytab',
      'it holds the key of the principal',
    );
    return [negotiateAuthenticator(await load(), { keytab, principal }, log)];
  },
  async PROXY({ flags: { httpProxyUserHeader: header, httpTrustedProxies: addresses } }) {
    needed(addresses[0], 'http_trusted_proxies', 'a header of anybody else is a lie');
    return [proxyAuthenticator({ addresses, header })];
  },
};

async function bearer({
  files = systemFiles,
  flags,
  ...world
}: LoadSecuritySettings): Promise<Authenticator[]> {
  const { httpTokenFile, jwtJwks } = flags;
  if (httpTokenFile === undefined) needed(jwtJwks, 'jwt_jwks', 'BEARER takes this, or -http_token_file');
  const made: Authenticator[] = [];
  if (httpTokenFile !== undefined)
    made.push(
      tokenAuthenticator(
        await watchFile({
          ...world,
          files,
          path: httpTokenFile,
          parse: readTokens,
          warnings: ({ warnings }) => warnings,
          secret: true,
          refuseReadable: flags.refuseReadableSecrets,
        }),
      ),
    );
  if (jwtJwks !== undefined) {
    const rules = {
      issuer: needed(flags.jwtIssuer, 'jwt_issuer', 'tokens of others are not for us'),
      audience: needed(flags.jwtAudience, 'jwt_audience', 'tokens for others are not for us'),
      userClaim: flags.jwtUserClaim,
      roleClaim: flags.jwtRoleClaim,
    };
    const keys = /^https?:/.test(jwtJwks)
      ? await keysOfUrl(safeUrl(jwtJwks))
      : await watchFile({
          ...world,
          files,
          path: jwtJwks,
          parse: keysOfText,
          warnings: () => [],
          secret: false,
          refuseReadable: false,
        });
    made.push(jwtAuthenticator(keys satisfies JwtKeys, rules, world.clock, world.log));
  }
  // Comes last: refuses any token that neither the file nor the issuer's keys have accepted.
  made.push({
    challenge: `Bearer realm="${REALM}"`,
    judge: ({ authorization }) => (authorization?.scheme === 'bearer' ? 'wrong' : undefined),
  });
  return made;
}

/**
 * Keys fetched without TLS could be anybody's, unless they come from this machine.
 * @throws AuroraError USAGE
 */
function safeUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || isLoopbackHost(url.hostname))) return url;
  throw new AuroraError('USAGE', `flag -jwt_jwks: ${text} is not an https address`);
}

/**
 * Sets up the mechanisms of -http_authentication_mechanism; undefined when there are none.
 * @throws AuroraError USAGE for flags that contradict each other, CONFIG for a bad file.
 */
export async function loadSecurity(settings: LoadSecuritySettings): Promise<Security | undefined> {
  const { files = systemFiles, flags, loadKerberos: _, ...world } = settings;
  const mechanisms = new Set(flags.httpAuthenticationMechanism.filter((name) => name !== 'NONE'));
  if (mechanisms.size === 0) {
    if (flags.shiroIniPath !== undefined)
      world.log.warn(
        {},
        'nobody is asked for credentials: -shiro_ini_path has no effect without -http_authentication_mechanism',
      );
    return undefined;
  }
  const accounts = await watchFile({
    ...world,
    files,
    path: needed(flags.shiroIniPath, 'shiro_ini_path', 'it says who may do what'),
    parse: readAccounts,
    warnings: ({ warnings }) => warnings,
    secret: true,
    refuseReadable: flags.refuseReadableSecrets,
  });
  const authenticators: Authenticator[] = [];
  for (const name of mechanisms) authenticators.push(...(await (MAKERS[name] as Maker)(settings, accounts)));
  return security({ accounts, anonymousReads: flags.anonymousReads, authenticators });
}
