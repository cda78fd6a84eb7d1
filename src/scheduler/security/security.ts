import type { Accounts } from './accounts.ts';
import type { Authenticator, Login, Presented, Refused } from './authenticator.ts';
import { anyOf, type Grants, grantsOf, NOTHING } from './permission.ts';
import type { Watched } from './watched-file.ts';

/** Somebody who has logged in, with what they may do. */
export interface KnownSubject extends Login {
  readonly grants: Grants;
}

/** The caller of a request, or why its credentials were not accepted. */
type Identified = KnownSubject | Refused | undefined;

/** Authenticates callers and tells what they may do. */
export interface Security {
  /** Ways to log in, as values of WWW-Authenticate. */
  readonly challenges: readonly string[];
  /** What callers without credentials may do. */
  readonly anonymous: Grants;
  /** Whether callers without credentials may read anything. */
  readonly anonymousReads: boolean;
  /** Undefined when the request has no credentials. A promise only when there is something to wait for; never rejects. */
  identify(presented: Presented): Identified | Promise<Identified>;
}

export interface SecuritySettings {
  readonly authenticators: readonly Authenticator[];
  readonly accounts: Watched<Accounts>;
  readonly anonymousReads: boolean;
}

/** Everything that the original serves without credentials. */
const READS = grantsOf(['thrift.ReadOnlyScheduler', 'http']);

/** Combines the authenticators: the first that finds credentials of its kind decides. */
export function security({ accounts, anonymousReads, authenticators }: SecuritySettings): Security {
  const withGrants = (login: Login, now: Accounts): KnownSubject => {
    // Roles that the token brings are added to those that the file gives the user.
    const grants = now.grants([...login.roles, ...(now.account(login.user)?.roles ?? [])]);
    return { ...login, grants: anonymousReads ? anyOf([READS, grants]) : grants };
  };
  const judgedBy = (at: number, presented: Presented): Identified | Promise<Identified> => {
    const authenticator = authenticators[at];
    // Credentials of an unknown kind are refused; the caller must not go on as anonymous.
    if (!authenticator) return presented.authorization === undefined ? undefined : 'wrong';
    const next = (judged: Login | Refused | undefined): Identified | Promise<Identified> => {
      if (judged === undefined) return judgedBy(at + 1, presented);
      if (typeof judged === 'string') return judged;
      const now = accounts.current();
      return now instanceof Promise ? now.then((read) => withGrants(judged, read)) : withGrants(judged, now);
    };
    const judged = authenticator.judge(presented);
    return judged instanceof Promise ? judged.then(next) : next(judged);
  };
  return {
    challenges: authenticators.flatMap(({ challenge }) => challenge ?? []),
    anonymous: anonymousReads ? READS : NOTHING,
    anonymousReads,
    identify: (presented) => judgedBy(0, presented),
  };
}
