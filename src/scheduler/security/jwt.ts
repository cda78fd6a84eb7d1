import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Authenticator, Login } from './authenticator.ts';
import { knownLogins } from './known-logins.ts';

/** What a token has to contain, and which claims tell the user and the roles. */
export interface JwtRules {
  readonly issuer: string;
  readonly audience: string;
  readonly userClaim: string;
  /** Dots lead into nested objects, as in `realm_access.roles`. */
  readonly roleClaim: string;
}

/** Source of the issuer's keys. */
export interface JwtKeys {
  /**
   * Returns another object when the keys have changed; tokens verified with the earlier keys are then verified again.
   */
  current(): JWTVerifyGetKey | Promise<JWTVerifyGetKey>;
}

/** Asymmetric signatures only: with these, whoever can verify a token still cannot make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const TOLERANCE_SECS = 30;
const FETCH_MS = 5000;
const KEYS_MS = 600_000;

/**
 * Parses a JSON Web Key Set.
 * @throws AuroraError CONFIG when the text is not one.
 */
export async function keysOfText(text: string, where: string): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet } = await import('jose');
  try {
    const keys = createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
    if (keys.jwks().keys.length === 0) throw new Error('it holds no keys');
    return keys;
  } catch (error) {
    throw new AuroraError('CONFIG', `the file is not a JSON Web Key Set: ${messageOf(error)}`, { where });
  }
}

/** Keys fetched from a URL when a token needs them, at most once in 30 seconds, and cached for ten minutes. */
export async function keysOfUrl(url: URL): Promise<JwtKeys> {
  const { createRemoteJWKSet } = await import('jose');
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: FETCH_MS,
    cooldownDuration: 30_000,
    cacheMaxAge: KEYS_MS,
  });
  return { current: () => keys };
}

/** A claim by its full name, or else by the dotted path into nested objects. */
function claim(payload: JWTPayload, name: string): unknown {
  if (name in payload) return payload[name];
  return name
    .split('.')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], payload);
}

const listed = (value: unknown): readonly string[] =>
  (typeof value === 'string' ? value.split(/[\s,]+/) : Array.isArray(value) ? value : []).filter(
    (role): role is string => typeof role === 'string' && role !== '',
  );

/** Only printable ASCII without blanks, so that names cannot be confused wherever they are shown. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value);

/**
 * Authenticates by an issuer's signed tokens (JWT). A good token is remembered until it expires, but ten minutes at
 * most.
 */
export function jwtAuthenticator(keys: JwtKeys, rules: JwtRules, clock: Clock, log: Logger): Authenticator {
  const known = knownLogins<{ readonly login: Login; readonly keys: JWTVerifyGetKey }>(clock);
  return {
    async judge({ authorization }) {
      if (authorization?.scheme !== 'bearer') return undefined;
      const token = authorization.value;
      const current = await keys.current();
      const before = known.get(token);
      if (before?.keys === current) return before.login;
      const { errors, jwtVerify } = await import('jose');
      try {
        const { payload } = await jwtVerify(token, current, {
          algorithms: ALGORITHMS,
          audience: rules.audience,
          issuer: rules.issuer,
          clockTolerance: TOLERANCE_SECS,
          currentDate: new Date(clock.nowMs()),
          requiredClaims: ['exp'],
        });
        const user = claim(payload, rules.userClaim);
        if (!isName(user)) {
          log.warn({}, `a token has no user name in its claim ${rules.userClaim}`);
          return 'wrong';
        }
        const login: Login = { user, by: 'token', roles: listed(claim(payload, rules.roleClaim)) };
        const leftMs = (payload.exp as number) * 1000 - clock.nowMs();
        known.set(token, { login, keys: current }, clock.monotonicMs() + leftMs);
        return login;
      } catch (error) {
        const isOfToken =
          error instanceof errors.JOSEError &&
          !(error instanceof errors.JWKSTimeout) &&
          error.code !== 'ERR_JOSE_GENERIC';
        log.warn(
          { reason: messageOf(error) },
          isOfToken ? 'a token is not good' : 'the keys for tokens cannot be had',
        );
        return isOfToken ? 'wrong' : 'unavailable';
      }
    },
  };
}
