import type { Accounts } from './accounts.ts';
import type { Authenticator, Login, Presented, Refused } from './authenticator.ts';
import { anyOf, type Grants, grantsOf, NOTHING } from './permission.ts';
import type { Watched } from './watched-file.ts';

/** Somebody who has logged in, with what they may do. */
export interface KnownSubject extends Login {
  readonly grants: Grants;
}

/** Authenticates callers and tells what they may do. */
export interface Security {
  /** Ways to log in, as values of WWW-Authenticate. */
  readonly challenges: readonly string[];
  /** What callers without credentials may do. */
  readonly anonymous: Grants;
  /** Whether callers without credentials may read anything. */
  readonly anonymousReads: boolean;
  /** Undefined when the request has no credentials. Never rejects. */
  identify(presented: Presented): Promise<KnownSubject | Refused | undefined>;
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
  return {
    challenges: authenticators.flatMap(({ challenge }) => challenge ?? []),
    anonymous: anonymousReads ? READS : NOTHING,
    anonymousReads,
    async identify(presented) {
      for (const authenticator of authenticators) {
        const judged = await authenticator.judge(presented);
        if (judged === undefined) continue;
        if (typeof judged === 'string') return judged;
        const now = await accounts.current();
        // Roles that the token brings are added to those that the file gives the user.
        const grants = now.grants([...judged.roles, ...(now.account(judged.user)?.roles ?? [])]);
        return { ...judged, grants: anonymousReads ? anyOf([READS, grants]) : grants };
      }
      // Credentials of an unknown kind are refused; the caller must not go on as anonymous.
      return presented.authorization === undefined ? undefined : 'wrong';
    },
  };
}
