import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import { type Accounts, readAccounts } from './accounts.ts';
import type { Authenticator } from './authenticator.ts';
import { basicAuthenticator } from './basic.ts';
import { type Security, security } from './security.ts';
import { type Files, systemFiles, type Watched, watchFile } from './watched-file.ts';

export interface LoadSecuritySettings {
  readonly flags: FlagSlice<'security'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly files?: Files;
}

/** What browsers show when they ask for a password. Source: the original's HttpSecurityModule. */
const REALM = 'Apache Aurora Scheduler';

/**
 * Makes what -http_authentication_mechanism asks for; undefined when that is nothing.
 * @throws AuroraError USAGE for flags that do not fit each other, CONFIG for a file that is not good.
 */
export async function loadSecurity(settings: LoadSecuritySettings): Promise<Security | undefined> {
  const { clock, flags, log } = settings;
  const mechanisms = flags.httpAuthenticationMechanism.filter((name) => name !== 'NONE');
  if (mechanisms.length === 0) {
    if (flags.shiroIniPath !== undefined)
      log.warn(
        {},
        'nobody is asked for credentials: -shiro_ini_path has no effect without -http_authentication_mechanism',
      );
    return undefined;
  }
  const accounts = await iniFile(settings);
  const makers: Readonly<Record<string, () => Authenticator>> = {
    BASIC: () => basicAuthenticator(accounts, clock, REALM),
  };
  return security({
    accounts,
    anonymousReads: flags.anonymousReads,
    authenticators: mechanisms.map((name) => (makers[name] as () => Authenticator)()),
  });
}

function iniFile({ files = systemFiles, flags, ...world }: LoadSecuritySettings): Promise<Watched<Accounts>> {
  if (flags.shiroIniPath === undefined)
    throw new AuroraError('USAGE', 'flag -shiro_ini_path is needed: it says who may do what', {
      next: 'write a file with [users] and [roles], see docs/security.md, and give its path',
    });
  return watchFile({
    ...world,
    files,
    path: flags.shiroIniPath,
    parse: readAccounts,
    warnings: ({ warnings }) => warnings,
  });
}
