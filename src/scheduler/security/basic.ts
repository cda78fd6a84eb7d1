import type { Clock } from '../../base/clock.ts';
import type { Accounts } from './accounts.ts';
import type { Authenticator } from './authenticator.ts';
import { knownLogins } from './known-logins.ts';
import { oneByOne } from './one-by-one.ts';
import { passwordKind, passwordMatches } from './password.ts';
import type { Watched } from './watched-file.ts';

/** Splits the header's value into name and password; undefined when it is not base64 of `name:password`. */
function parted(value: string): readonly [name: string, password: string] | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
}

/**
 * HTTP Basic authentication against the ini file. A correct password is remembered for a while, as long as the user's
 * stored password stays the same, because hashing costs more than the call.
 * @param realm the name that browsers show.
 */
export function basicAuthenticator(accounts: Watched<Accounts>, clock: Clock, realm: string): Authenticator {
  /** For each header value: the stored password that it matched. */
  const known = knownLogins<string>(clock);
  const hashing = oneByOne();
  return {
    challenge: `BASIC realm="${realm}"`,
    async judge({ address, authorization }) {
      if (authorization?.scheme !== 'basic') return undefined;
      const [name, password] = parted(authorization.value) ?? [];
      if (name === undefined || password === undefined) return 'wrong';
      const now = await accounts.current();
      const account = now.account(name);
      const login = { user: name, by: 'basic', roles: [] } as const;
      if (account && known.get(authorization.value) === account.password) return login;
      const stored = account?.password || now.decoy;
      const matching =
        passwordKind(stored) === 'plain'
          ? passwordMatches(stored, password)
          : hashing.run(address, () => passwordMatches(stored, password));
      if (!matching) return 'unavailable';
      const matches = await matching;
      if (!matches || !account || account.password === '') return 'wrong';
      known.set(authorization.value, account.password);
      return login;
    },
  };
}
