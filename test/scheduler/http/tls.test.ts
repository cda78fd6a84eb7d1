/** The encrypted port, with certificates made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { AuroraError } from '../../../src/base/errors.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { accessTo } from '../../../src/client/access.ts';
import { postThrift } from '../../../src/client/transport.ts';
import { schedulerDriver } from '../../../src/mesos/index.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { httpApp } from '../../../src/scheduler/http/http-app.ts';
import { type HttpServed, serveHttp } from '../../../src/scheduler/http/server.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { loadSecurity } from '../../../src/scheduler/security/load-security.ts';
import { openTls } from '../../../src/tls/server.ts';
import { assert, suite } from '../../harness/index.ts';
import { replayServer } from '../../mesos/replay-server.ts';
import { ANY_SITE } from '../builders.ts';
import { testScheduler } from '../running.ts';

const test = suite('TLS');

/** Made by openssl, with an authority of its own; see the README there. */
const made = (name: string) => fileURLToPath(new URL(`../../client/certificates/${name}`, import.meta.url));
const pem = (name: string) => readFileSync(made(name), 'utf8');

let folder: string;
/** A second certificate for the same address, which no authority has signed, and a client of an unknown authority. */
let other: { readonly cert: string; readonly key: string };
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-tls-'));
  const [key, cert] = [join(folder, 'other.key'), join(folder, 'other.pem')];
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=other -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`;
  execFileSync('openssl', words.split(' '), { stdio: 'ignore' });
  other = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

const FLAGS = ['-http_tls_certificate=cert', '-http_tls_key=key'];
const WANTED = [...FLAGS, '-http_tls_client_ca=ca'];

/** A server over files that a test changes. */
async function encrypted(app: HttpServed, flags: readonly string[] = FLAGS, ip = '127.0.0.1') {
  const clock = manualClock(Date.now());
  const lines: string[] = [];
  const say = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`);
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const counted = counters(clock);
  const texts: Record<string, string> = {
    cert: pem('server.pem'),
    key: pem('server.key'),
    ca: pem('ca.pem'),
  };
  const files = {
    state: async (path: string) => ({ version: texts[path] ?? '', changedMs: 0, mode: 0o600 }),
    read: async (path: string) => texts[path] ?? '',
  };
  const tls = await openTls({ flags: parseSchedulerFlags(flags), clock, log, counters: counted, files });
  const server = await serveHttp(app, 0, ip, { tls });
  /** Looks at the files, and waits until something was said of them. */
  const look = async () => {
    const before = lines.length;
    clock.advance(1000);
    while (lines.length === before) await new Promise((done) => setImmediate(done));
    return lines.at(-1) as string;
  };
  return { clock, counted, lines, look, server, texts };
}

const hello: HttpServed = { fetch: () => new Response('hello') };

const ask = (
  port: number,
  options: RequestOptions = {},
): Promise<{ status: number | undefined; text: string; name: string; reused: boolean }> =>
  new Promise((resolve, reject) => {
    const asked = { host: '127.0.0.1', port, path: '/vars', ca: pem('ca.pem'), agent: false, ...options };
    const sent = request(asked, async (response) => {
      const socket = response.socket as TLSSocket;
      const name = String(socket.getPeerCertificate().subject?.CN);
      const reused = socket.isSessionReused();
      let text = '';
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, text, name, reused });
    });
    sent.on('error', reject);
    sent.end();
  });

const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'none',
    (error) => `${error.code} ${error.message}`,
  );

test('our own client: a right certificate, one of an unknown authority, for another name, and expired', async () => {
  const { clock, look, server, texts } = await encrypted(hello);
  const post = (host: string, env: Record<string, string>) =>
    postThrift(`https://${host}:${server.port}/api`, Buffer.from('question'), {
      env,
      access: accessTo(undefined, env),
      signal: new AbortController().signal,
    });
  const trusting = { HOME: folder, AURORA_CA_FILE: made('ca.pem') };
  const text = (posted: Awaited<ReturnType<typeof post>>) =>
    `${posted.kind} ${'text' in posted ? posted.text : Buffer.from(posted.body)}`;
  try {
    assert.is(text(await post('127.0.0.1', trusting)), 'answered hello');
    assert.match(text(await post('127.0.0.1', { HOME: folder })), /^hopeless .*certificate/);
    Object.assign(texts, { cert: pem('expired.pem'), key: pem('expired.key') });
    assert.match(await look(), /read again/);
    assert.match(text(await post('127.0.0.1', trusting)), /^hopeless .*expired/);
  } finally {
    await server.close();
  }
  assert.is(clock.pending(), 0, 'nothing looks at files of a server that is closed');
  const elsewhere = await encrypted(hello, FLAGS, '127.0.0.2');
  try {
    const named = `https://127.0.0.2:${elsewhere.server.port}/api`;
    const posted = await postThrift(named, Buffer.from('question'), {
      env: trusting,
      access: accessTo(undefined, trusting),
      signal: new AbortController().signal,
    });
    assert.match(text(posted), /^hopeless .*127\.0\.0\.2/);
  } finally {
    await elsewhere.server.close();
  }
});

test('an older protocol than TLS 1.2 is refused', async () => {
  const { server } = await encrypted(hello);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  try {
    assert.match(await codeOf(ask(server.port, old)), /alert protocol version|unsupported protocol/i);
    assert.is((await ask(server.port, { maxVersion: 'TLSv1.2' })).status, 200);
  } finally {
    await server.close();
  }
});

test('new files under load: no request is lost, and the new certificate is shown', async () => {
  const { look, server, texts } = await encrypted(hello);
  const ca = [pem('ca.pem'), other.cert];
  const kept = new Agent({ keepAlive: true, ca });
  let going = true;
  let answered = 0;
  const load = async (agent: Agent | false) => {
    while (going) {
      assert.is((await ask(server.port, { ca, agent })).status, 200);
      answered++;
    }
  };
  try {
    const loads = [load(false), load(false), load(kept), load(kept)];
    for (let round = 0; round < 6; round++) {
      const before = answered;
      const isOther = round % 2 === 0;
      Object.assign(texts, isOther ? other : { cert: pem('server.pem'), key: pem('server.key') });
      assert.match(await look(), /read again/);
      assert.is((await ask(server.port, { ca })).name, isOther ? 'other' : 'server');
      while (answered < before + 8) await new Promise((done) => setImmediate(done));
    }
    going = false;
    await Promise.all(loads);
  } finally {
    going = false;
    kept.destroy();
    await server.close();
  }
});

test('new files that are not good: those before stay, which is said once', async () => {
  const { clock, counted, lines, look, server, texts } = await encrypted(hello);
  try {
    for (const [change, why] of [
      [{ cert: other.cert }, /error .*the key does not belong to the certificate/],
      [{ cert: 'half a certif' }, /error .*no certificate in PEM/],
      [{ cert: pem('server.pem'), key: 'no key' }, /error .*no key in PEM/],
    ] as const) {
      Object.assign(texts, change);
      const said = await look();
      assert.match(said, why);
      assert.not.match(said, /PRIVATE/);
      assert.is((await ask(server.port)).name, 'server');
    }
    const count = lines.length;
    clock.advance(1000);
    await ask(server.port);
    clock.advance(1000);
    await ask(server.port);
    assert.is(lines.length, count);
    assert.is(counted.values().counts.get('http_tls_file_failures'), 3);
    Object.assign(texts, other);
    assert.match(await look(), /read again/);
    assert.is((await ask(server.port, { ca: other.cert })).name, 'other');
  } finally {
    await server.close();
  }
});

/** Everything behind the port, where a certificate is the way to log in. */
async function guarded() {
  const clock = manualClock();
  const counted = counters(clock);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const security = await loadSecurity({
    flags: parseSchedulerFlags(['-shiro_ini_path=ini', '-http_authentication_mechanism=CERTIFICATE']),
    clock,
    log,
    counters: counted,
    files: {
      state: async () => ({ version: '1', changedMs: 0, mode: 0o600 }),
      read: async () => '[users]\nclient = _, reader\n[roles]\nreader = http\n',
    },
  });
  const app = httpApp({
    clock,
    counters: counted,
    log,
    security,
    sites: ANY_SITE,
    dispatch: async () => ({ responseCode: 'OK' }),
    pages: new Hono(),
    healthy: () => true,
    leader: () => 'self',
    leading: () => true,
  });
  return { app, failures: () => counted.values().counts.get('http_authentication_failures') };
}

test('certificates of clients: who shows a right one is known, who shows none or a wrong one is not', async () => {
  const { app, failures } = await guarded();
  const { server } = await encrypted(app, WANTED);
  const client = { cert: pem('client.pem'), key: pem('client.key') };
  try {
    assert.is((await ask(server.port, client)).status, 200);
    assert.is((await ask(server.port)).status, 401);
    assert.is((await ask(server.port, other)).status, 401);
    // Sessions that are taken up again, with and without a certificate, are what they were.
    for (const [shown, status] of [
      [{}, 401],
      [client, 200],
    ] as const) {
      const agent = new Agent({ ca: pem('ca.pem'), maxVersion: 'TLSv1.3', ...shown });
      const first = await ask(server.port, { agent, ...shown });
      const again = await ask(server.port, { agent, ...shown });
      assert.equal([first.status, again.status, again.reused], [status, status, true]);
    }
    assert.is(failures() ?? 0, 0, 'no certificate is no wrong one');
  } finally {
    await server.close();
  }
  const required = await encrypted(app, [...WANTED, '-http_tls_client_certificates=required']);
  try {
    assert.is((await ask(required.server.port, client)).status, 200);
    assert.match(await codeOf(ask(required.server.port)), /ALERT|ECONNRESET|EPIPE/);
    assert.match(await codeOf(ask(required.server.port, other)), /ALERT|ECONNRESET|EPIPE/);
  } finally {
    await required.server.close();
  }
});

test('a client that never agrees on TLS does not hold up the end', async () => {
  const { server } = await encrypted(hello);
  const socket = (await import('node:net')).connect(server.port, '127.0.0.1');
  await new Promise((done) => socket.once('connect', done));
  const gone = new Promise((done) => socket.once('close', done));
  socket.on('error', () => {});
  await ask(server.port);
  await server.close();
  await gone;
});

test('flags that do not fit each other, and files that are not there', async () => {
  const open = (flags: readonly string[]) =>
    encrypted(hello, flags).then(
      () => 'opened',
      (error: AuroraError) => `${error.code} ${error.message}`,
    );
  for (const [flags, why] of [
    [['-http_tls_key=key'], /^USAGE flag -http_tls_certificate/],
    [['-http_tls_certificate=cert'], /^USAGE flag -http_tls_key/],
    [['-http_tls_client_ca=ca'], /^USAGE flag -http_tls_certificate/],
    [[...FLAGS, '-http_tls_client_certificates=required'], /^USAGE flag -http_tls_client_ca/],
    [['-http_tls_certificate=cert', '-http_tls_key=gone'], /^CONFIG .*gone/],
    [[...FLAGS, '-http_tls_client_ca=gone'], /^CONFIG .*gone/],
  ] as const)
    assert.match(await open(flags), why);
});

test('a whole scheduler: https, the way there from http, and what Mesos is told', async () => {
  const scheduler = await testScheduler({}, [
    `-http_tls_certificate=${made('server.pem')}`,
    `-http_tls_key=${made('server.key')}`,
    '-http_redirect_port=0',
  ]);
  try {
    const { httpPort, httpScheme, redirectPort } = scheduler.running();
    assert.is(httpScheme, 'https');
    assert.is((await ask(httpPort, { path: '/health' })).text.trim(), 'OK');
    const url = scheduler.mesos.options().frameworkInfo.webui_url;
    assert.is(url, `https://scheduler.example.com:${httpPort}`);
    const sent = await fetch(`http://127.0.0.1:${redirectPort}/api?a=1`, {
      method: 'POST',
      body: 'x',
      redirect: 'manual',
    });
    assert.is(sent.status, 307);
    assert.is(sent.headers.get('location'), `https://127.0.0.1:${httpPort}/api?a=1`);
    const socket = connect({ port: httpPort, host: '127.0.0.1', ca: pem('ca.pem') });
    await new Promise((done) => socket.once('secureConnect', done));
    assert.is(socket.authorized, true);
    socket.destroy();
  } finally {
    await scheduler.stop();
  }
  const failure = await testScheduler({}, ['-http_redirect_port=0']).catch((error) => error);
  assert.instance(failure, AuroraError);
  assert.is(failure.code, 'USAGE');
});

test('a whole scheduler speaks https to its Mesos master, and shows it a certificate', async () => {
  const master = { cert: pem('server.pem'), key: pem('server.key'), ca: pem('ca.pem') };
  const mesos = await replayServer(undefined, { ...master, requestCert: true, rejectUnauthorized: true });
  const scheduler = await testScheduler({ driver: schedulerDriver, mesosMaster: `127.0.0.1:${mesos.port}` }, [
    `-mesos_tls_ca=${made('ca.pem')}`,
    `-mesos_tls_certificate=${made('client.pem')}`,
    `-mesos_tls_key=${made('client.key')}`,
  ]);
  try {
    const subscribe = await mesos.next();
    assert.is(JSON.parse(subscribe.body.toString()).type, 'SUBSCRIBE');
  } finally {
    await scheduler.stop();
    await mesos.close();
  }
  const failure = await testScheduler({}, ['-mesos_tls_key=key']).catch((error) => error);
  assert.match(`${failure.code} ${failure.message}`, /^USAGE .*-mesos_tls_certificate/);
});

test('keys and other secrets that everybody may read: a warning, or a refusal by flag', async () => {
  const [key, ini] = [join(folder, 'open.key'), join(folder, 'open.ini')];
  writeFileSync(key, pem('server.key'), { mode: 0o644 });
  writeFileSync(ini, '[users]\nsally = secret, admin\n', { mode: 0o644 });
  const framework = join(folder, 'framework');
  writeFileSync(framework, 'aurora_authentication_principal=a\naurora_authentication_secret=b\n', {
    mode: 0o644,
  });
  const secured = [`-http_tls_certificate=${made('server.pem')}`, `-http_tls_key=${key}`];
  const asked = ['-http_authentication_mechanism=BASIC', `-shiro_ini_path=${ini}`];
  const toMesos = [`-mesos_tls_certificate=${made('server.pem')}`, `-mesos_tls_key=${key}`];
  for (const [flags, file] of [
    [secured, key],
    [asked, ini],
    [toMesos, key],
    [[`-framework_authentication_file=${framework}`], framework],
  ] as const) {
    await (await testScheduler({}, flags)).stop();
    const failure = await testScheduler({}, [...flags, '-refuse_readable_secrets=true']).catch(
      (error) => error,
    );
    assert.match(`${failure.code} ${failure.message}`, /^CONFIG .*may read the file/);
    assert.is(failure.where, file);
  }
});

test.run();
