import type { Clock } from '../../base/clock.ts';
import type { Accounts } from './accounts.ts';
import type { Authenticator, Login } from './authenticator.ts';
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
  /** For each header value that was right: who it was, and the stored password that it matched. */
  const known = knownLogins<{ readonly login: Login; readonly stored: string }>(clock);
  const hashing = oneByOne();
  /** The login that these credentials were found good for, if they still are. */
  const knownLogin = (now: Accounts, credentials: string): Login | undefined => {
    const found = known.get(credentials);
    return found && now.account(found.login.user)?.password === found.stored ? found.login : undefined;
  };
  const compare = async (now: Accounts, credentials: string, address: string | undefined) => {
    const [user, password] = parted(credentials) ?? [];
    if (user === undefined || password === undefined) return 'wrong';
    const account = now.account(user);
    const stored = account?.password || now.decoy;
    const matching =
      passwordKind(stored) === 'plain'
        ? passwordMatches(stored, password)
        : hashing.run(address, () => passwordMatches(stored, password));
    if (!matching) return 'unavailable';
    const matches = await matching;
    if (!matches || !account || account.password === '') return 'wrong';
    const login: Login = { user, by: 'basic', roles: [] };
    known.set(credentials, { login, stored });
    return login;
  };
  return {
    challenge: `BASIC realm="${realm}"`,
    judge({ address, authorization }) {
      if (authorization?.scheme !== 'basic') return undefined;
      const { value } = authorization;
      const judged = (now: Accounts) => knownLogin(now, value) ?? compare(now, value, address);
      const now = accounts.current();
      return now instanceof Promise ? now.then(judged) : judged(now);
    },
  };
}
