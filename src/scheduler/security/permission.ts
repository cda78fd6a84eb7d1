import { AuroraError } from '../../base/errors.ts';

/** What is asked for: the parts of a permission, such as `thrift.AuroraAdmin`, `setQuota`. */
export type Permission = readonly string[];

/** A permission that somebody has: of each part the alternatives, in lower case. */
type Granted = readonly ReadonlySet<string>[];

/** What somebody may do. */
export interface Grants {
  permits(permission: Permission): boolean;
}

/** Of whoever calls while no authentication is asked for. */
export const EVERYTHING: Grants = { permits: () => true };
export const NOTHING: Grants = { permits: () => false };

export const permissionText = (permission: Permission): string => permission.join(':');

/** As Java splits: empty pieces at the end do not count. */
function pieces(text: string, separator: string): string[] {
  const found = text.split(separator);
  while (found.at(-1) === '') found.pop();
  return found;
}

/**
 * Reads a permission as an ini file has it: parts between `:`, alternatives of a part between `,`, `*` for anything,
 * what is not said is anything; upper and lower case are the same. Source: Shiro's WildcardPermission.
 * @throws AuroraError CONFIG for one that says nothing.
 */
function granted(text: string): Granted {
  const parts = pieces(text.trim().toLowerCase(), ':').map((part) =>
    part === '' ? [''] : pieces(part, ','),
  );
  if (parts.length === 0 || parts.some((part) => part.length === 0))
    throw new AuroraError('CONFIG', `"${text}" is not a permission`, {
      next: 'write it as in thrift.AuroraSchedulerManager:killTasks:role:environment:name',
    });
  return parts.map((part) => new Set(part));
}

const ANY = '*';

function implies(grant: Granted, wanted: Permission): boolean {
  const length = Math.max(grant.length, wanted.length);
  for (let at = 0; at < length; at++) {
    const part = grant[at];
    if (part === undefined) return true;
    if (part.has(ANY)) continue;
    const of = wanted[at];
    if (of === undefined || !part.has(of)) return false;
  }
  return true;
}

/** @throws AuroraError CONFIG for a text that is no permission. */
export function grantsOf(texts: readonly string[]): Grants {
  const all = texts.map(granted);
  return {
    permits(permission) {
      const wanted = permission.map((part) => part.toLowerCase());
      return all.some((grant) => implies(grant, wanted));
    },
  };
}

/** Everything that one of them permits. */
export const anyOf = (all: readonly Grants[]): Grants => ({
  permits: (permission) => all.some((grants) => grants.permits(permission)),
});
