/** Every way to log in, as the flags make it. */
import { scryptSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import type { Presented } from '../../../src/scheduler/security/authenticator.ts';
import { loadSecurity } from '../../../src/scheduler/security/load-security.ts';
import { type KerberosPackage, loadKerberos } from '../../../src/scheduler/security/negotiate.ts';
import { tokenHash } from '../../../src/scheduler/security/tokens.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('logins');
const INI = '[users]\nsally = _, www\n[roles]\nwww = a:b\nreader = c\n';
/** Of apple, by 16 rounds. */
const QUICK_HASH = `$scrypt$4$8$1$${Buffer.from('salt').toString('base64url')}$${scryptSync('apple', 'salt', 32, { N: 16 }).toString('base64url')}`;
const NOBODY: Presented = {
  authorization: undefined,
  header: () => undefined,
  address: '10.0.0.1',
  encrypted: false,
  certificate: undefined,
};
const withHeader = (scheme: string, value: string): Presented => ({
  ...NOBODY,
  authorization: { scheme, value },
});

async function setUp(
  flags: readonly string[],
  texts: Record<string, string> = {},
  kerberos?: () => Promise<KerberosPackage>,
) {
  const clock = manualClock();
  const files: Record<string, string> = { ini: INI, ...texts };
  const security = await loadSecurity({
    flags: parseSchedulerFlags(['-shiro_ini_path=ini', ...flags]),
    clock,
    log: silentLogger,
    counters: counters(clock),
    files: {
      state: async (path) => ({ version: files[path] ?? '', changedMs: 0, mode: 0o600 }),
      read: async (path) => files[path] ?? '',
    },
    ...(kerberos && { loadKerberos: kerberos }),
  });
  if (!security) throw new Error('nobody is asked for credentials');
  const identify = async (presented: Presented) => {
    const found = await security.identify(presented);
    if (typeof found !== 'object') return found;
    return [found.user, found.by, found.grants.permits(['a', 'b']), found.grants.permits(['c'])];
  };
  return { clock, files, identify, security };
}

const refusal = async (flags: readonly string[], texts: Record<string, string> = {}) => {
  try {
    await setUp(flags, texts);
  } catch (error) {
    if (error instanceof AuroraError) return error.message;
    throw error;
  }
  return undefined;
};

test('flags that do not fit each other are refused, with the one that is missing', async () => {
  const cases: readonly [flags: string[], message: RegExp][] = [
    [['-http_authentication_mechanism=BASIC', '-shiro_ini_path='], /-shiro_ini_path is needed/],
    [['-http_authentication_mechanism=BEARER'], /-jwt_jwks is needed/],
    [['-http_authentication_mechanism=BEARER', '-jwt_jwks=keys'], /-jwt_issuer is needed/],
    [['-http_authentication_mechanism=PROXY'], /-http_trusted_proxies is needed/],
    [['-http_authentication_mechanism=NEGOTIATE'], /-kerberos_server_principal is needed/],
    [
      [
        '-http_authentication_mechanism=BEARER',
        '-jwt_issuer=i',
        '-jwt_audience=a',
        '-jwt_jwks=http://keys.example.com/',
      ],
      /is not an https address/,
    ],
  ];
  for (const [flags, message] of cases) assert.match((await refusal(flags)) ?? '', message);
});

test('Basic: a known password is not hashed again, and many guesses at once are sent away', async () => {
  const { identify } = await setUp(['-http_authentication_mechanism=BASIC'], {
    ini: INI.replace('_', QUICK_HASH),
  });
  const basic = (text: string) => withHeader('basic', Buffer.from(text).toString('base64'));
  assert.equal(await identify(basic('sally:apple')), ['sally', 'basic', true, false]);
  const guesses = await Promise.all(Array.from({ length: 12 }, (_, at) => identify(basic(`sally:${at}`))));
  assert.equal([...new Set(guesses)].sort(), ['unavailable', 'wrong']);
  const busy = Promise.all(Array.from({ length: 12 }, (_, at) => identify(basic(`sally:x${at}`))));
  assert.equal(
    await identify(basic('sally:apple')),
    ['sally', 'basic', true, false],
    'guesses keep nobody out',
  );
  await busy;
});

test('tokens of a file: as they are or as digests, with their own roles and those of the user', async () => {
  const [plain, hashed] = ['0123456789abcdef', 'fedcba9876543210'];
  const { clock, files, identify } = await setUp(
    ['-http_authentication_mechanism=BEARER', '-http_token_file=tokens'],
    { tokens: `# CI\n${plain} ci reader\n${tokenHash(hashed)} sally\n` },
  );
  assert.equal(await identify(withHeader('bearer', plain)), ['ci', 'token', false, true]);
  assert.equal(await identify(withHeader('bearer', hashed)), ['sally', 'token', true, false]);
  assert.is(await identify(withHeader('bearer', tokenHash(hashed))), 'wrong');
  assert.is(await identify(withHeader('bearer', '')), 'wrong');
  files.tokens = `${plain} other reader`;
  clock.advance(1000);
  assert.equal(await identify(withHeader('bearer', plain)), ['other', 'token', false, true]);
  assert.is(await identify(withHeader('bearer', hashed)), 'wrong');
  for (const line of [
    'short user',
    'onlyatokenwithoutauser',
    'sha256:xyz user',
    'sixteencharacters user role more',
  ]) {
    const message = await refusal(['-http_authentication_mechanism=BEARER', '-http_token_file=tokens'], {
      tokens: line,
    });
    assert.match(message ?? '', /tokens:1/);
    assert.not.match(message ?? '', new RegExp(line.split(' ')[0] as string));
  }
});

const JWT_FLAGS = [
  '-http_authentication_mechanism=BASIC,BEARER',
  '-jwt_issuer=https://id.example.com',
  '-jwt_audience=aurora',
  '-jwt_role_claim=realm.roles',
];

async function issuer(kid = 'one') {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
  const sign = (clockMs: number, change: Record<string, unknown> = {}, alg = 'ES256') =>
    new SignJWT({
      iss: 'https://id.example.com',
      aud: 'aurora',
      sub: 'sally',
      realm: { roles: ['reader'] },
      exp: Math.floor(clockMs / 1000) + 300,
      ...change,
    })
      .setProtectedHeader({ alg, kid })
      .sign(alg === 'HS256' ? new TextEncoder().encode(JSON.stringify(jwk)) : privateKey);
  return { jwk, sign };
}

test('signed tokens: issuer, audience, time, key and name must be right', async () => {
  const { jwk, sign } = await issuer();
  const other = await issuer();
  const { clock, files, identify } = await setUp([...JWT_FLAGS, '-jwt_jwks=keys'], {
    keys: JSON.stringify({ keys: [jwk] }),
  });
  const nowMs = clock.nowMs();
  const asks = async (change?: Record<string, unknown>, alg?: string) =>
    identify(withHeader('bearer', await sign(nowMs, change, alg)));
  const good = await sign(nowMs);
  assert.equal(await identify(withHeader('bearer', good)), ['sally', 'token', true, true]);
  assert.equal(await asks({ sub: 'ci', realm: { roles: 'www, reader' } }), ['ci', 'token', true, true]);
  assert.equal(await asks({ sub: 'ci', realm: {} }), ['ci', 'token', false, false]);
  const wrong: readonly Record<string, unknown>[] = [
    { iss: 'https://evil.example.com' },
    { aud: 'other' },
    { exp: Math.floor(nowMs / 1000) - 60 },
    { exp: undefined },
    { nbf: Math.floor(nowMs / 1000) + 600 },
    { sub: undefined },
    { sub: 'two words' },
    { sub: ['sally'] },
  ];
  for (const change of wrong) assert.is(await asks(change), 'wrong', JSON.stringify(change));
  assert.is(await asks({}, 'HS256'), 'wrong', 'a public key is no shared secret');
  assert.is(await identify(withHeader('bearer', await other.sign(nowMs))), 'wrong', 'a key of nobody');
  assert.is(await identify(withHeader('bearer', `${good}x`)), 'wrong');
  const [, body] = good.split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
  assert.is(await identify(withHeader('bearer', none)), 'wrong');

  clock.advance(290_000);
  assert.equal(await identify(withHeader('bearer', good)), ['sally', 'token', true, true]);
  clock.advance(60_000);
  assert.is(await identify(withHeader('bearer', good)), 'wrong', 'a token that was known expires too');

  const later = await sign(clock.nowMs());
  assert.equal(await identify(withHeader('bearer', later)), ['sally', 'token', true, true]);
  files.keys = JSON.stringify({ keys: [other.jwk] });
  clock.advance(1000);
  assert.is(
    await identify(withHeader('bearer', later)),
    'wrong',
    'keys that are gone take their tokens along',
  );
  assert.match(
    (await refusal([...JWT_FLAGS, '-jwt_jwks=keys'], { keys: '{}' })) ?? '',
    /is not a JSON Web Key Set/,
  );
});

test('keys of an address: asked for when they are needed; without them nobody is told that a token is wrong', async () => {
  const { jwk, sign } = await issuer();
  let isUp = false;
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.statusCode = isUp ? 200 : 503;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { clock, identify } = await setUp([...JWT_FLAGS, `-jwt_jwks=http://127.0.0.1:${port}/keys`]);
  const token = await sign(clock.nowMs());
  assert.is(asked, 0);
  assert.is(await identify(withHeader('bearer', token)), 'unavailable');
  isUp = true;
  assert.equal(await identify(withHeader('bearer', token)), ['sally', 'token', true, true]);
  const before = asked;
  assert.equal(await identify(withHeader('bearer', token)), ['sally', 'token', true, true]);
  assert.is(asked, before);
  server.closeAllConnections();
  server.close();
});

test('a certificate names its user by the common name; the file says what that user may do', async () => {
  const { identify } = await setUp(['-http_authentication_mechanism=CERTIFICATE']);
  const shown = (commonName: string | undefined): Presented => ({ ...NOBODY, certificate: { commonName } });
  assert.equal(await identify(shown('sally')), ['sally', 'certificate', true, false]);
  assert.equal(await identify(shown('other')), ['other', 'certificate', false, false]);
  assert.is(await identify(shown(undefined)), 'wrong');
  assert.is(await identify(NOBODY), undefined);
});

test('a header of a proxy counts from a named address over an encrypted connection, and nowhere else', async () => {
  const { identify } = await setUp([
    '-http_authentication_mechanism=PROXY',
    '-http_trusted_proxies=10.0.0.1',
  ]);
  const from = (address: string | undefined, encrypted: boolean, user = 'sally'): Presented => ({
    ...NOBODY,
    address,
    encrypted,
    header: (name) => (name === 'X-Forwarded-User' ? user : undefined),
  });
  assert.equal(await identify(from('10.0.0.1', true)), ['sally', 'proxy', true, false]);
  for (const lie of [
    from('10.0.0.1', false),
    from('10.0.0.2', true),
    from(undefined, true),
    from('10.0.0.1', true, ' '),
  ])
    assert.is(await identify(lie), 'wrong');
  assert.is(await identify({ ...NOBODY, encrypted: true }), undefined);
});

test('Kerberos by a package that may be there', async () => {
  const flags = [
    '-http_authentication_mechanism=NEGOTIATE',
    '-kerberos_server_principal=HTTP/aurora.example.com@EXAMPLE.COM',
    '-kerberos_server_keytab=/etc/keytab',
  ];
  const services: string[] = [];
  const { identify, security } = await setUp(flags, {}, async () => ({
    async initializeServer(service) {
      services.push(service);
      const server = { contextComplete: false, username: null as string | null };
      return Object.assign(server, {
        async step(token: string) {
          if (token === 'YmFk') throw new Error('no such ticket');
          server.contextComplete = token !== 'bW9yZQ==';
          server.username = 'sally@EXAMPLE.COM';
        },
      });
    },
  }));
  assert.equal(security.challenges, ['Negotiate']);
  assert.equal(await identify(withHeader('negotiate', 'dGlja2V0')), ['sally', 'negotiate', true, false]);
  assert.is(await identify(withHeader('negotiate', 'YmFk')), 'wrong');
  assert.is(await identify(withHeader('negotiate', 'bW9yZQ==')), 'wrong');
  assert.is(await identify(withHeader('negotiate', '!')), 'malformed');
  assert.is(await identify(withHeader('basic', 'x')), 'wrong');
  assert.equal([...new Set(services)], ['HTTP@aurora.example.com']);
  const missing = await loadKerberos().then(
    () => undefined,
    (error) => error as AuroraError,
  );
  if (missing)
    assert.match(missing.message, /needs the package kerberos, which is not installed; run npm install/);
});

test('several ways at once: whoever comes with nothing is told all of them', async () => {
  const { security } = await setUp([...JWT_FLAGS, '-jwt_jwks=keys'], {
    keys: JSON.stringify({ keys: [(await issuer()).jwk] }),
  });
  assert.equal(security.challenges, [
    'BASIC realm="Apache Aurora Scheduler"',
    'Bearer realm="Apache Aurora Scheduler"',
  ]);
});

test.run();
