/** Files and texts that people write, and those that others leave behind. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  applyCheckpoint,
  type CheckpointRecord,
  emptyCheckpoint,
  encodeCheckpoint,
  readCheckpoints,
  readWholeCheckpoints,
} from '../../../src/api/checkpoints/index.ts';
import { crontabText, parseCrontab } from '../../../src/base/crontab.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { isTemplateFault } from '../../../src/dsl/template/fault.ts';
import { interpolate } from '../../../src/dsl/template/interpolate.ts';
import type { Scope } from '../../../src/dsl/template/scopes.ts';
import { parsePython } from '../../../src/migrate/python/parse.ts';
import { readAccounts } from '../../../src/scheduler/security/accounts.ts';
import { listOf, parseIni } from '../../../src/scheduler/security/ini.ts';
import { jwtAuthenticator, keysOfText } from '../../../src/scheduler/security/jwt.ts';
import { readTokens, tokenAuthenticator } from '../../../src/scheduler/security/tokens.ts';
import { assertSame, type FuzzTarget, sameAgain } from '../target.ts';

const bytes = (texts: readonly string[]) => texts.map((text) => Buffer.from(text));

const crontab: FuzzTarget = {
  samples: () => bytes(['*/5 * * * *', '0 3 * * MON-FRI', '1,2,30-40/3 0-23/2 31 JAN,DEC *', '0 0 1 1 *']),
  words: ['*', '*/', '-', ',', 'SUN', 'jan', '59', '60', '00', '99999999999999999999', ' '],
  run(input) {
    const parsed = parseCrontab(input.toString());
    if ('problem' in parsed) throw new AuroraError('CONFIG', parsed.problem);
    sameAgain('a schedule', parsed, () => parseCrontab(crontabText(parsed)) as typeof parsed);
    return true;
  },
};

const INI = [
  '[users]\nsally = $scrypt$15$8$1$XzZC3w$8Jn0, admin\ndeploy: secret, www, reader\n[roles]\nadmin = *\nwww = thrift.AuroraSchedulerManager:*:www\nreader = "thrift.ReadOnlyScheduler:a,b", http\n',
  '# comment\n; comment\nkey = value \\\n  goes on\n[empty]\n[users]\nroot=secret\n',
];
const ini: FuzzTarget = {
  samples: () => bytes(INI),
  words: [
    '[users]',
    '[roles]',
    '\n',
    '\\\n',
    ' = ',
    '"',
    ',',
    '*',
    ':',
    '$2b$10$',
    '$scrypt$',
    '$shiro1$SHA-256$500000$',
    '\r',
  ],
  run(input) {
    const text = input.toString();
    const sections = parseIni(text, 'fuzz.ini');
    for (const entries of sections.values()) for (const value of entries.values()) listOf(value);
    const accounts = readAccounts(text, 'fuzz.ini');
    accounts.account('sally');
    accounts.grants(['admin', 'www', 'reader']).permits(['http', 'vars']);
    return true;
  },
};

const JWKS = JSON.stringify({
  keys: [
    {
      kty: 'OKP',
      crv: 'Ed25519',
      kid: 'k',
      alg: 'EdDSA',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    },
  ],
});
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const FORGED = `${part({ alg: 'EdDSA', kid: 'k' })}.${part({ sub: 'sally', exp: 4e9, aud: 'a', iss: 'i' })}.${'A'.repeat(86)}`;
const jwt = keysOfText(JWKS, 'keys').then((keys) =>
  jwtAuthenticator(
    { current: () => keys },
    { issuer: 'i', audience: 'a', userClaim: 'sub', roleClaim: 'r' },
    manualClock(),
    silentLogger,
  ),
);
const presented = (value: string) =>
  ({ authorization: { scheme: 'bearer', value }, header: () => undefined, encrypted: false }) as never;

/** The first byte says what it is: a file of tokens, a file of keys, or a token. None is ever good: nobody signed it. */
const tokens: FuzzTarget = {
  samples: () => [
    ...bytes([`0sha256:${'ab'.repeat(32)} deploy www,reader\n# more\n${'t'.repeat(20)} grafana\n`]),
    ...bytes([`1${JWKS}`, `2${FORGED}`, `2${part({ alg: 'none' })}.${part({ sub: 'x' })}.`]),
  ],
  words: ['sha256:', '.', 'eyJhbGciOiJub25lIn0', '"kid"', '"kty":"RSA"', '\n', ' ', '='],
  async run(input) {
    const text = input.toString('utf8', 1);
    if (input[0] === 0x30) {
      const read = readTokens(text, 'tokens');
      await tokenAuthenticator({ current: () => read }).judge(presented(text.split(' ')[0] ?? ''));
      return true;
    }
    if (input[0] === 0x31) {
      await keysOfText(text, 'keys');
      return true;
    }
    const judged = await (await jwt).judge(presented(text));
    assertSame('a token that nobody signed', typeof judged === 'object', false);
    return false;
  },
};

const VALUES: Readonly<Record<string, string>> = {
  name: 'value',
  self: '{{self}}',
  other: 'a {{name}} b',
  twice: '{{other}}{{other}}',
};
const SCOPE: Scope = {
  lookup({ text }) {
    const value = Object.hasOwn(VALUES, text) ? VALUES[text] : undefined;
    return value === undefined ? undefined : { value, scopes: [SCOPE] };
  },
};

const templates: FuzzTarget = {
  samples: () =>
    bytes([
      '{{name}} and {{other}}',
      '{{mesos.instance}}:{{thermos.ports[http]}}',
      '{{&escaped}} {{&&twice}} {{self}}',
      '{{profile.name.deep[0][x]}} {{ unknown }}',
      '{{{triple}}} {{#each x}}{{/each}}',
    ]),
  words: ['{{', '}}', '{{&', '[', ']', '.', '{{self}}', '{{other}}', '../', '@root', ' '],
  run(input) {
    const text = input.toString();
    try {
      const { text: filled } = interpolate(text, [SCOPE]);
      return filled !== text;
    } catch (error) {
      if (isTemplateFault(error)) throw new AuroraError('CONFIG', 'a template that is not good');
      throw error;
    }
  },
};

const RUNS: readonly CheckpointRecord[] = [
  {
    runner_header: {
      task_id: 't-1',
      launch_time_ms: 1_700_000_000_000,
      sandbox: '/s',
      log_dir: '/l',
      hostname: 'h',
      user: 'u',
      uid: 0,
      ports: { http: 31_000 },
    },
  },
  { task_status: { state: 'ACTIVE', timestamp_ms: 1_700_000_000_001, runner_pid: 7, runner_uid: 0 } },
  { process_status: { seq: 0, process: 'hello', state: 'WAITING' } },
  { process_status: { seq: 1, process: 'hello', state: 'FORKED', fork_time: 1.5, coordinator_pid: 8 } },
  { process_status: { seq: 2, process: 'hello', state: 'RUNNING', start_time: 1.7, pid: 9 } },
  { process_status: { seq: 3, process: 'hello', state: 'SUCCESS', stop_time: 2, return_code: 0 } },
];
const ckpt = (records: readonly CheckpointRecord[]) =>
  records.map((record) => Buffer.from(encodeCheckpoint(record)));

const checkpoints: FuzzTarget = {
  samples: () => [Buffer.concat(ckpt(RUNS)), ...ckpt(RUNS)],
  run(input) {
    const { damage, records, usedBytes } = readCheckpoints(input);
    if (usedBytes > input.length) throw new Error(`used ${usedBytes} of ${input.length} bytes`);
    const state = emptyCheckpoint();
    for (const record of records) applyCheckpoint(state, record, { recovery: true });
    if (damage !== undefined || usedBytes < input.length) readWholeCheckpoints(input);
    return records.length > 0;
  },
};

const MIGRATED = new URL('../../golden/dsl/', import.meta.url);
const pythonFiles = (): Buffer[] =>
  readdirSync(MIGRATED, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.aurora'))
    .sort()
    .slice(0, 40)
    .map((name) => readFileSync(new URL(name, MIGRATED)))
    .filter(({ length }) => length < 8192);

const python: FuzzTarget = {
  samples: () => [
    ...pythonFiles(),
    ...bytes(["print 'x'\nx = 10L\ny = `x`\nfor a in [1, 2]:\n  jobs = [Job(name = 'a%s' % a)]\n"]),
  ],
  words: [
    '\n',
    '  ',
    '(',
    ')',
    '[',
    '`',
    "'''",
    'print ',
    'lambda x: ',
    'def f(a, b=1):\n  ',
    'if ',
    'else:',
    '\\',
    '%',
    'f"{x}"',
    '**',
  ],
  run(input) {
    parsePython('fuzz.aurora', input.toString().slice(0, 8192));
    return true;
  },
};

export const fileTargets: Readonly<Record<string, FuzzTarget>> = {
  crontab,
  ini,
  tokens,
  templates,
  checkpoints,
  python,
};
