import { createHash } from 'node:crypto';
import { AuroraError } from '../../base/errors.ts';
import type { Authenticator, Login } from './authenticator.ts';
import type { Watched } from './watched-file.ts';

/** Tokens of a file, by their digest. */
export interface Tokens {
  readonly byDigest: ReadonlyMap<string, Pick<Login, 'user' | 'roles'>>;
  readonly warnings: readonly string[];
}

/** Shorter tokens can be guessed. */
const SHORTEST = 16;
const HASHED = 'sha256:';

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** What the file may hold in place of the token itself. */
export const tokenHash = (token: string): string => `${HASHED}${digest(token)}`;

/**
 * Parses lines of `TOKEN USER [ROLE,ROLE...]`, where TOKEN is `sha256:` with a digest, or the token itself. Lines that
 * begin with `#` are comments.
 * @throws AuroraError CONFIG for any other line, without quoting it.
 */
export function readTokens(text: string, where: string): Tokens {
  const byDigest = new Map<string, Pick<Login, 'user' | 'roles'>>();
  let plain = 0;
  text.split(/\r?\n/).forEach((raw, at) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const [token = '', user, roles = '', ...more] = line.split(/\s+/);
    const hash = token.startsWith(HASHED) ? token.slice(HASHED.length).toLowerCase() : undefined;
    const isGood = hash === undefined ? token.length >= SHORTEST : /^[\da-f]{64}$/.test(hash);
    if (!isGood || user === undefined || more.length > 0)
      throw new AuroraError(
        'CONFIG',
        `a line is not a token of at least ${SHORTEST} characters, a user and roles`,
        {
          where: `${where}:${at + 1}`,
          next: 'write it as in: sha256:DIGEST deploy www,reader',
        },
      );
    if (hash === undefined) plain++;
    byDigest.set(hash ?? digest(token), { user, roles: roles.split(',').filter((role) => role !== '') });
  });
  return {
    byDigest,
    warnings:
      plain === 0
        ? []
        : [
            `${plain} tokens are in plain text: put the output of aurora admin hash_password --token in their place`,
          ],
  };
}

/**
 * Authenticates by the bearer tokens of a file; undefined for an unknown token, so that the next authenticator can try.
 */
export function tokenAuthenticator(tokens: Watched<Tokens>): Authenticator {
  return {
    async judge({ authorization }) {
      if (authorization?.scheme !== 'bearer') return undefined;
      const { byDigest } = await tokens.current();
      const found = byDigest.get(digest(authorization.value));
      return found && { ...found, by: 'token' };
    },
  };
}
