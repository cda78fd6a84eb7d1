import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A user of the machine, with what matters for running processes. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Groups that list the user as a member, the primary one left out. */
  readonly groups: readonly number[];
}

const NAME_SERVICE_LIMIT_MS = 10_000;

/** An entry of a user database: from its file or, if that lacks it, from the name service (LDAP and the like). */
function entry(file: 'passwd' | 'group', key: string, column: number): string[] | undefined {
  const matching = (text: string) =>
    text
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[column] === key);
  const local = matching(readFileSync(`/etc/${file}`, 'utf8'));
  if (local) return local;
  const { stdout } = spawnSync('getent', [file, key], { timeout: NAME_SERVICE_LIMIT_MS, encoding: 'utf8' });
  return stdout ? matching(stdout) : undefined;
}

function memberships(name: string): number[] {
  return readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields[3]?.split(',').includes(name))
    .map((fields) => Number(fields[2]));
}

const account = (fields: readonly string[] | undefined): Account | undefined => {
  if (!fields) return undefined;
  const [name = '', , uid, gid] = fields;
  const groups = memberships(name).filter((group) => group !== Number(gid));
  return { name, uid: Number(uid), gid: Number(gid), groups };
};

/** The account of this name; undefined when the machine has none. */
export const accountNamed = (name: string): Account | undefined => account(entry('passwd', name, 0));

/** The account that this process runs as. A uid without a name, as containers may have, serves as its own name. */
export function ownAccount(): Account {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return account(entry('passwd', String(uid), 2)) ?? { name: String(uid), uid, gid, groups: [] };
}
