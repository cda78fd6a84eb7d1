import { AuroraError } from '../../base/errors.ts';

/** A permission that is asked for, as its parts: for example `thrift.AuroraAdmin`, `setQuota`. */
export type Permission = readonly string[];

/** A permission that somebody has: for each part the alternatives, in lower case. */
type Granted = readonly ReadonlySet<string>[];

/** All that somebody may do. */
export interface Grants {
  permits(permission: Permission): boolean;
}

/** For every caller when authentication is off. */
export const EVERYTHING: Grants = { permits: () => true };
export const NOTHING: Grants = { permits: () => false };

export const permissionText = (permission: Permission): string => permission.join(':');

/** Splits as Java does: empty pieces at the end are dropped. */
function pieces(text: string, separator: string): string[] {
  const found = text.split(separator);
  while (found.at(-1) === '') found.pop();
  return found;
}

/**
 * Parses a permission of an ini file: parts are separated by `:`, alternatives of a part by `,`; `*` matches anything,
 * and so do missing parts at the end. Case does not matter. Source: Shiro's WildcardPermission.
 * @throws AuroraError CONFIG for an empty permission or part.
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

/** @throws AuroraError CONFIG for a text that is not a permission. */
export function grantsOf(texts: readonly string[]): Grants {
  const all = texts.map(granted);
  return {
    permits(permission) {
      const wanted = permission.map((part) => part.toLowerCase());
      return all.some((grant) => implies(grant, wanted));
    },
  };
}

/** Permits whatever at least one of them permits. */
export const anyOf = (all: readonly Grants[]): Grants => ({
  permits: (permission) => all.some((grants) => grants.permits(permission)),
});
