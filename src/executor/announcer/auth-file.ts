import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { AccessEntry } from '../../zookeeper/index.ts';
import type { AnnouncerAuth } from './auth.ts';

const PERMISSIONS = { read: 1, write: 2, create: 4, delete: 8, admin: 16 } as const;
type Permission = keyof typeof PERMISSIONS;
const ALL_NAMES = Object.keys(PERMISSIONS) as Permission[];

type Fields = Readonly<Record<string, unknown>>;

/** Checks that the value is an object with no fields but the known ones. */
function fieldsOf(value: unknown, where: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where} is no object`);
  const stray = Object.keys(value).find((key) => !known.includes(key));
  if (stray !== undefined) throw new Error(`${where} has an unknown field "${stray}"`);
  return value as Fields;
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new Error(`${where} is no list`);
}

function textOf(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${where} lacks "${name}"`);
}

function permissionsOf(value: unknown, where: string): number {
  const fields = fieldsOf(value, where, ALL_NAMES);
  return ALL_NAMES.reduce((sum, name) => {
    const allowed = fields[name] ?? false;
    if (typeof allowed !== 'boolean') throw new Error(`${where}.${name} is neither true nor false`);
    return allowed ? sum + PERMISSIONS[name] : sum;
  }, 0);
}

/** Identity for the scheme `digest`: ZooKeeper keeps the hash of a password, never the password itself. */
const digestId = (credential: string): string =>
  `${credential.split(':')[0]}:${createHash('sha1').update(credential).digest('base64')}`;

function accessEntry(value: unknown, where: string): AccessEntry {
  const fields = fieldsOf(value, where, ['scheme', 'credential', 'permissions']);
  const [scheme, credential] = [textOf(fields, 'scheme', where), textOf(fields, 'credential', where)];
  if (fields.permissions === undefined) throw new Error(`${where} lacks "permissions"`);
  if (scheme === 'digest' && !/^[^:]+:./.test(credential))
    throw new Error(`${where}.credential must be user:password`);
  const permissions = permissionsOf(fields.permissions, `${where}.permissions`);
  if (permissions === 0) throw new Error(`${where} allows nothing`);
  return { scheme, id: scheme === 'digest' ? digestId(credential) : credential, permissions };
}

/** Parses the file's text. Source: the original's --announcer-zookeeper-auth-config. @throws Error naming the field */
function parseAuth(text: string): AnnouncerAuth {
  const fields = fieldsOf(JSON.parse(text), 'the file', ['auth', 'acl']);
  const credentials = listOf(fields.auth, 'auth').map((value, at) => {
    const one = fieldsOf(value, `auth[${at}]`, ['scheme', 'credential']);
    return {
      scheme: textOf(one, 'scheme', `auth[${at}]`),
      credential: textOf(one, 'credential', `auth[${at}]`),
    };
  });
  const access = listOf(fields.acl, 'acl').map((value, at) => accessEntry(value, `acl[${at}]`));
  return { credentials, access: access.length > 0 ? access : 'open' };
}

/** @throws AuroraError USAGE when the file cannot be read or is invalid; the executor then fails its task with that */
export function readAuthFile(path: string): AnnouncerAuth {
  try {
    return parseAuth(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new AuroraError('USAGE', `the announcer's credentials cannot be used: ${messageOf(error)}`, {
      where: path,
      next: 'write {"auth": [{"scheme", "credential"}], "acl": [{"scheme", "credential", "permissions": {"read": true, ...}}]}',
      cause: error,
    });
  }
}
