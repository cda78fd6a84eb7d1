/** An agent that speaks https, as its LIBPROCESS_SSL_* variables tell the executor; certificates made by openssl. */
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeExecutorEnvironment } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { type ExecutorProgram, executorProgram } from './executor-program.ts';
import { taskData } from './scripted-agent.ts';

const test = suite('executor of an agent with TLS');

const made = (name: string) => fileURLToPath(new URL(`../client/certificates/${name}`, import.meta.url));
const pair = (name: string) => ({
  cert: readFileSync(made(`${name}.pem`)),
  key: readFileSync(made(`${name}.key`)),
});
const MUTUAL = { ca: readFileSync(made('ca.pem')), requestCert: true, rejectUnauthorized: true };
const OWN = {
  LIBPROCESS_SSL_ENABLED: '1',
  LIBPROCESS_SSL_CERT_FILE: made('client.pem'),
  LIBPROCESS_SSL_KEY_FILE: made('client.key'),
};
const VERIFIED = { ...OWN, LIBPROCESS_SSL_VERIFY_CERT: 'true', LIBPROCESS_SSL_CA_FILE: made('ca.pem') };

let program: ExecutorProgram;
test.before(async () => {
  program = await executorProgram();
});
test.after(() => program.remove());

/** As OpenSSL wants it: a link named by the hash, beside what is no certificate. */
function authoritiesFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-authorities-'));
  writeFileSync(join(folder, 'README'), 'the authorities of the agents');
  symlinkSync(made('ca.pem'), join(folder, '0a1b2c3d.0'));
  symlinkSync('gone.pem', join(folder, '4e5f6a7b.0'));
  mkdirSync(join(folder, 'old'));
  return folder;
}

test('a task runs over https, with certificates on both sides', async () => {
  const { LIBPROCESS_SSL_CA_FILE: _, ...rest } = VERIFIED;
  const inFolder = { ...rest, LIBPROCESS_SSL_CA_DIR: authoritiesFolder() };
  for (const env of [VERIFIED, inFolder]) {
    const started = await program.start({ tls: { ...pair('server'), ...MUTUAL }, env });
    try {
      await started.agent.subscribed();
      started.agent.launch('task-1', taskData({ processes: [{ name: 'p', cmdline: 'true' }] }));
      const { code, output } = await started.exited;
      assert.is(code, 0, output);
      assert.is(started.agent.updates.at(-1)?.state, 'TASK_FINISHED');
    } finally {
      await started.clean();
    }
  }
}, 20_000);

test('an agent whose certificate has expired, or is of an unknown authority, is told nothing', async () => {
  const soon = { MESOS_RECOVERY_TIMEOUT: '100ms' };
  for (const [name, env, why] of [
    ['expired', VERIFIED, /expired/],
    [
      'server',
      { ...VERIFIED, LIBPROCESS_SSL_CA_FILE: made('client.pem') },
      /unable to verify|self.signed|local issuer/,
    ],
  ] as const) {
    const started = await program.start({ tls: pair(name), env: { ...env, ...soon } });
    try {
      const { output } = await started.exited;
      assert.match(output, why);
      assert.equal(started.agent.calls, []);
    } finally {
      await started.clean();
    }
  }
  // As in libprocess, a certificate is not checked unless that is asked for.
  const trusting = await program.start({ tls: pair('expired'), env: OWN });
  try {
    await trusting.agent.subscribed();
  } finally {
    await trusting.clean();
  }
}, 30_000);

const ENV = { MESOS_FRAMEWORK_ID: 'f', MESOS_EXECUTOR_ID: 'e', MESOS_AGENT_ENDPOINT: '10.0.0.1:5051' };
const tlsOf = (more: Record<string, string>) => takeExecutorEnvironment({ ...ENV, ...more }).tls;

test('what the variables say', () => {
  assert.is(tlsOf({}), undefined);
  assert.is(tlsOf({ LIBPROCESS_SSL_ENABLED: 'false' }), undefined);
  assert.is(tlsOf({ LIBPROCESS_SSL_ENABLED: '1', MESOS_DOMAIN_SOCKET: '/run/agent' }), undefined);
  assert.equal(tlsOf({ LIBPROCESS_SSL_ENABLED: 'true' }), {
    paths: { ca: undefined, own: undefined },
    verify: false,
  });
  assert.equal(tlsOf(VERIFIED), {
    paths: { ca: made('ca.pem'), own: { certificate: made('client.pem'), key: made('client.key') } },
    verify: true,
  });
  assert.throws(
    () => tlsOf({ LIBPROCESS_SSL_ENABLED: '1', LIBPROCESS_SSL_KEY_FILE: 'k' }),
    /belong together/,
  );
  assert.is(tlsOf({ LIBPROCESS_SSL_ENABLED: '1', LIBPROCESS_SSL_CA_DIR: '/d' })?.paths.ca, '/d');
  // Programs that know nothing of Mesos set SSL_CERT_FILE to the system's authorities.
  assert.is(tlsOf({ SSL_CERT_FILE: '/etc/authorities' }), undefined);
  assert.is(tlsOf({ LIBPROCESS_SSL_ENABLED: '1', SSL_CERT_FILE: '/etc/authorities' })?.paths.own, undefined);
  assert.equal(tlsOf({ SSL_ENABLED: '1', SSL_REQUIRE_CERT: '1', SSL_CA_FILE: '/ca' }), {
    paths: { ca: '/ca', own: undefined },
    verify: true,
  });
});

test.run();
