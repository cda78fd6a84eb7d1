import type { Accounts } from './accounts.ts';
import type { Authenticator, Login, Presented, Refused } from './authenticator.ts';
import { anyOf, type Grants, grantsOf, NOTHING } from './permission.ts';
import type { Watched } from './watched-file.ts';

/** Somebody who logged in, and what they may do. */
export interface KnownSubject extends Login {
  readonly grants: Grants;
}

/** Who may do what. */
export interface Security {
  /** Values of WWW-Authenticate: how to log in. */
  readonly challenges: readonly string[];
  /** What those may do who give no credentials. */
  readonly anonymous: Grants;
  /** Whether there is anything that they may do. */
  readonly anonymousReads: boolean;
  /** Undefined for who gives no credentials. Never rejects. */
  identify(presented: Presented): Promise<KnownSubject | Refused | undefined>;
}

export interface SecuritySettings {
  readonly authenticators: readonly Authenticator[];
  readonly accounts: Watched<Accounts>;
  readonly anonymousReads: boolean;
}

/** All that the original never asked credentials for. */
const READS = grantsOf(['thrift.ReadOnlyScheduler', 'http']);

/** Joins the ways to log in: the first that finds credentials of its kind judges. */
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
        // A token brings roles of its own; those of the file count for the same user too.
        const grants = now.grants([...judged.roles, ...(now.account(judged.user)?.roles ?? [])]);
        return { ...judged, grants: anonymousReads ? anyOf([READS, grants]) : grants };
      }
      // Credentials that nobody here understands are no invitation to go on without.
      return presented.authorization === undefined ? undefined : 'wrong';
    },
  };
}
