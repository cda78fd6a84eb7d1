import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Cost of new hashes: 2^15 rounds take 32 MB and about a tenth of a second. */
const LOG_N = 15;
const BLOCK = 8;
const PARALLEL = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Highest cost accepted from a file, or it could exhaust the memory: 2^20 rounds with these blocks take a gigabyte. */
const MOST_LOG_N = 20;

/** `$scrypt$15$8$1$SALT$KEY`; contains no comma, because that would end a password in the ini file. */
const SCRYPT = /^\$scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;
const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
/** Format of the original's PasswordMatcher: algorithm, rounds, salt and digest, the last two in base64. */
const SHIRO = /^\$shiro1\$(SHA-256|SHA-384|SHA-512)\$(\d{1,8})\$([\w+/=]*)\$([\w+/=]+)$/;

const derive = promisify(scrypt) as (
  password: string,
  salt: Uint8Array,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>;

const derived = (password: string, salt: Uint8Array, logN: number, r: number, p: number, length: number) =>
  derive(password, salt, length, { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r + 2 ** 20 });

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** How a password is stored in a file. */
export type PasswordKind = 'scrypt' | 'bcrypt' | 'shiro' | 'plain';

export function passwordKind(stored: string): PasswordKind {
  const [, logN = ''] = SCRYPT.exec(stored) ?? [];
  if (logN !== '' && Number(logN) >= 1 && Number(logN) <= MOST_LOG_N) return 'scrypt';
  if (BCRYPT.test(stored)) return 'bcrypt';
  return SHIRO.test(stored) ? 'shiro' : 'plain';
}

/** A hash for the ini file, from which passwords can be checked but not recovered. */
export async function scryptHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derived(password, salt, LOG_N, BLOCK, PARALLEL, KEY_BYTES);
  return `$scrypt$${LOG_N}$${BLOCK}$${PARALLEL}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** The same with bcrypt, for files that other programs read too. Bcrypt ignores everything after the first 72 bytes. */
export async function bcryptHash(password: string): Promise<string> {
  const { default: bcrypt } = await import('bcryptjs');
  return bcrypt.hash(password, 10);
}

/** Rounds before the event loop gets a turn. */
const ROUNDS_AT_ONCE = 2000;

async function shiroMatches(stored: string, password: string): Promise<boolean> {
  const [, algorithm = '', rounds = '', salt = '', digest = ''] = SHIRO.exec(stored) ?? [];
  const name = algorithm.replace('-', '').toLowerCase();
  let hash = createHash(name).update(Buffer.from(salt, 'base64')).update(password).digest();
  for (let round = 1; round < Number(rounds); round++) {
    hash = createHash(name).update(hash).digest();
    if (round % ROUNDS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return equal(hash, Buffer.from(digest, 'base64'));
}

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Whether the password matches `stored`, a hash or a plain password. A mismatch takes as long as a match. */
export async function passwordMatches(stored: string, password: string): Promise<boolean> {
  switch (passwordKind(stored)) {
    case 'scrypt': {
      const [, logN, r, p, salt = '', key = ''] = SCRYPT.exec(stored) ?? [];
      const wanted = Buffer.from(key, 'base64url');
      const found = await derived(
        password,
        Buffer.from(salt, 'base64url'),
        Number(logN),
        Number(r),
        Number(p),
        wanted.length,
      );
      return equal(found, wanted);
    }
    case 'bcrypt': {
      const { default: bcrypt } = await import('bcryptjs');
      return bcrypt.compare(password, stored);
    }
    case 'shiro':
      return shiroMatches(stored, password);
    case 'plain':
      return stored !== '' && equal(sha256(stored), sha256(password));
  }
}
