import { AuroraError } from '../../base/errors.ts';
import { listOf, parseIni } from './ini.ts';
import { passwordKind } from './password.ts';
import { anyOf, type Grants, grantsOf, NOTHING } from './permission.ts';

export interface UserAccount {
  /** As in the file: a hash, or the plain password. */
  readonly password: string;
  readonly roles: readonly string[];
}

/** The users and roles of an ini file. */
export interface Accounts {
  /** The account of a user; undefined when the name is not in the file. */
  account(user: string): UserAccount | undefined;
  /** What these roles permit together; a role that is not in the file permits nothing. */
  grants(roles: readonly string[]): Grants;
  /**
   * A stored password to check against when a user does not exist, so that the check takes as long as for one that
   * does.
   */
  readonly decoy: string;
  /** Advice for the operator; contains no secrets. */
  readonly warnings: readonly string[];
}

/** Sections that may be in the file. Source: the original's ShiroIniConverter. */
const SECTIONS = ['users', 'roles'];

/**
 * Reads the original's security.ini: `[users]` has lines `name = password, role, ...`, `[roles]` has `role =
 * permission, ...`.
 * @throws AuroraError CONFIG for other sections, for a file without sections, and for a malformed permission.
 */
export function readAccounts(text: string, where: string): Accounts {
  const ini = parseIni(text, where);
  const other = [...ini.keys()].filter((name) => !SECTIONS.includes(name));
  if (other.length > 0) {
    const shown = other.map((name) => (name === '' ? 'lines before the first section' : `[${name}]`));
    throw new AuroraError('CONFIG', `only [users] and [roles] may be there, not ${shown.join(', ')}`, {
      where,
    });
  }
  if (ini.size === 0)
    throw new AuroraError('CONFIG', 'there is nothing in it: [users], [roles] or both are needed', { where });
  const users = new Map<string, UserAccount>();
  for (const [name, value] of ini.get('users') ?? []) {
    const [password = '', ...roles] = listOf(value);
    users.set(name, { password, roles: roles.filter((role) => role !== '') });
  }
  const roles = new Map<string, Grants>();
  for (const [name, value] of ini.get('roles') ?? [])
    roles.set(name, grantsOf(listOf(value).filter((permission) => permission !== '')));
  return {
    account: (user) => users.get(user),
    grants: (names) => anyOf(names.map((name) => roles.get(name) ?? NOTHING)),
    decoy: [...users.values()].find(({ password }) => password !== '')?.password ?? 'nobody',
    warnings: warningsOf(users, roles),
  };
}

function warningsOf(users: ReadonlyMap<string, UserAccount>, roles: ReadonlyMap<string, Grants>): string[] {
  const warnings: string[] = [];
  // By custom `_` stands for a password that is never checked, for example with Kerberos.
  const plain = [...users].filter(
    ([, { password }]) => passwordKind(password) === 'plain' && password !== '_',
  );
  if (plain.length > 0)
    warnings.push(
      `passwords are in plain text (${plain.length} of ${users.size} users): put the output of aurora admin hash_password in their place`,
    );
  const missing = new Set(
    [...users.values()].flatMap((user) => user.roles).filter((role) => !roles.has(role)),
  );
  if (missing.size > 0 && roles.size > 0)
    warnings.push(`roles of users are not in [roles] and permit nothing: ${[...missing].join(', ')}`);
  return warnings;
}
