/** At most `count` tasks of the job on machines with the same value of the attribute, for example one a host. */
export const limit = <const N extends number>(count: N): `limit:${N}` => `limit:${count}`;

/** Only machines whose attribute has one of these values. */
export const oneOf = (...values: readonly [string, ...string[]]): string => values.join(',');

/** Only machines whose attribute has none of these values. */
export const not = (...values: readonly [string, ...string[]]): `!${string}` => `!${values.join(',')}`;

/**
 * Machines set aside for a role: the value of the constraint `dedicated`. The role `*` is open to every role.
 *
 * @example constraints: { dedicated: dedicated('shop', 'database') }
 */
export const dedicated = <const R extends string, const G extends string = ''>(
  role: R,
  group?: G,
): G extends '' ? R : `${R}/${G}` =>
  (group === undefined ? role : `${role}/${group}`) as G extends '' ? R : `${R}/${G}`;
