/** Masters that speak https, with certificates made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/base/log.ts';
import { type ManualClock, manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  encodeRecord,
  type MasterAddress,
  type SchedulerEvent,
  schedulerDriver,
  staticDetector,
  toJson,
} from '../../src/mesos/index.ts';
import { type ClientTlsSettings, openClientTls } from '../../src/tls/client.ts';
import { assert, suite } from '../harness/index.ts';
import { inbox } from './inbox.ts';
import { type Received, type ReplayServer, replayServer } from './replay-server.ts';

const test = suite('masters that speak https');

const pem = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../client/certificates/${name}`, import.meta.url)), 'utf8');
const pair = (name: string) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) });

/** Signed by nobody we know, for a name that has nothing to do with the address. */
let other: { readonly cert: string; readonly key: string };
test.before(() => {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-masters-tls-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=m -addext subjectAltName=DNS:master.example -keyout ${key} -out ${cert}`;
  execFileSync('openssl', words.split(' '), { stdio: 'ignore' });
  other = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true, force: true });
});

interface Scene {
  readonly server: ReplayServer;
  readonly driver: ReturnType<typeof schedulerDriver>;
  readonly clock: ManualClock;
  readonly events: ReturnType<typeof inbox<SchedulerEvent>>;
  /** Why an attempt to subscribe failed. */
  readonly failures: ReturnType<typeof inbox<string>>;
  /** The files of our side; a test changes them. */
  readonly texts: Record<string, string>;
  readonly said: string[];
  readonly opened: () => number;
}

interface Sides {
  readonly master?: ServerOptions;
  readonly texts?: Readonly<Record<string, string>>;
  readonly tls?: Partial<Pick<ClientTlsSettings, 'paths' | 'name'>>;
  readonly name?: string;
}

const CA_ONLY = { ca: 'ca', own: undefined };

async function inScene(
  { master = pair('server'), name, texts: given, tls = {} }: Sides,
  act: (scene: Scene) => Promise<void>,
) {
  const server = await replayServer(undefined, master);
  const clock = manualClock(Date.now());
  const texts: Record<string, string> = { ca: pem('ca.pem'), ...given };
  const said: string[] = [];
  const failures = inbox<string>();
  const events = inbox<SchedulerEvent>();
  const say = (level: string) => (fields: object, text: string) => {
    said.push(`${level} ${text}`);
    const { reason } = fields as { reason?: string };
    if (text.startsWith('subscribing again')) failures.put(String(reason));
  };
  const toMasters = await openClientTls({
    paths: CA_ONLY,
    name: undefined,
    ...tls,
    clock,
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    files: {
      state: async (path) => ({ version: texts[path] ?? '', changedMs: 0, mode: 0o600 }),
      read: async (path) => texts[path] ?? '',
    },
  });
  let connections = 0;
  const address: MasterAddress = { host: '127.0.0.1', port: server.port, ...(name && { name }) };
  const driver = schedulerDriver({
    detector: staticDetector(address),
    frameworkInfo: { user: 'root', name: 'aurora' },
    credentials: { principal: 'aurora', secret: 'framework secret' },
    connect(target) {
      connections++;
      return toMasters.connect(target);
    },
    clock,
    random: seededRandom(5),
    log: { ...silentLogger, info: say('info'), warn: say('warn') },
    on: events.put,
    onError: failures.put,
  });
  try {
    driver.start();
    await act({ server, driver, clock, events, failures, texts, said, opened: () => connections });
  } finally {
    await driver.stop();
    toMasters.close();
    await server.close();
  }
  assert.is(clock.pending(), 0, 'nothing looks at the files any more');
}

function accept(request: Received): void {
  const event: SchedulerEvent = {
    type: 'SUBSCRIBED',
    subscribed: { framework_id: { value: 'f' }, heartbeat_interval_seconds: 15 },
  };
  const stream = request.stream({ 'Mesos-Stream-Id': 's-1', 'Content-Type': 'application/json' });
  stream.write(encodeRecord(Buffer.from(toJson('SchedulerEvent', event))));
}

test('a right certificate: subscription, calls and acknowledgements are encrypted', () =>
  inScene({}, async ({ driver, events, opened, server }) => {
    const asked = await server.next();
    assert.match(String(asked.headers.authorization), /^Basic /);
    accept(asked);
    assert.is((await events.next()).type, 'SUBSCRIBED');
    const sent = Promise.all([
      driver.send({ type: 'REVIVE' }),
      driver.send({
        type: 'ACKNOWLEDGE',
        acknowledge: { agent_id: { value: 'a' }, task_id: { value: 't' }, uuid: 'AA==' },
      }),
    ]);
    const calls = [await server.next(), await server.next()];
    for (const call of calls) call.answer(202, {});
    await sent;
    assert.is(new Set(calls.map(({ connection }) => connection)).size, 2);
    assert.is(opened(), 3);
  }));

test('the leader is followed over https only, wherever a redirect leads', async () => {
  const leader = await replayServer(undefined, pair('server'));
  try {
    await inScene({}, async ({ clock, events, failures, server }) => {
      (await server.next()).answer(307, { Location: `http://127.0.0.1:${leader.port}/api/v1/scheduler` });
      assert.match(await failures.next(), /refused with 307/);
      clock.advance(1_000);
      (await server.next()).answer(307, { Location: `//127.0.0.1:${leader.port}/api/v1/scheduler` });
      accept(await leader.next());
      assert.is((await events.next()).type, 'SUBSCRIBED');
    });
  } finally {
    await leader.close();
  }
});

test('an expired certificate, one for another name, one of an unknown authority: nothing is sent, no secret either', async () => {
  for (const [sides, why] of [
    [{ master: pair('expired') }, /expired/],
    [{ tls: { name: 'master.example' } }, /master\.example.*not in the cert|does not match certificate/],
    [{ master: other }, /self.signed certificate/],
    [
      { master: other, texts: { ca: other.cert } },
      /127\.0\.0\.1.*not in the cert|does not match certificate/,
    ],
  ] as const)
    await inScene(sides, async ({ failures, server }) => {
      assert.match(await failures.next(), why);
      assert.is(server.waiting(), 0);
    });
});

test('a certificate may have the host name that ZooKeeper tells, or the name of the flag, in place of the address', async () => {
  for (const sides of [
    { master: other, texts: { ca: other.cert }, name: 'master.example' },
    { master: other, texts: { ca: other.cert }, tls: { name: 'master.example' } },
  ])
    await inScene(sides, async ({ events, server }) => {
      accept(await server.next());
      assert.is((await events.next()).type, 'SUBSCRIBED');
    });
});

test('masters that ask for a certificate get ours', async () => {
  const master = { ...pair('server'), ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true };
  const own = { certificate: 'cert', key: 'key' };
  const texts = { cert: pem('client.pem'), key: pem('client.key') };
  await inScene({ master, texts, tls: { paths: { ca: 'ca', own } } }, async ({ events, server }) => {
    accept(await server.next());
    assert.is((await events.next()).type, 'SUBSCRIBED');
  });
  await inScene({ master }, async ({ failures, server }) => {
    assert.match(await failures.next(), /certificate required|alert|ECONNRESET|hang up/i);
    assert.is(server.waiting(), 0);
  });
});

test('new files count for the next connection; files that are not good are refused', () =>
  inScene({ master: other }, async ({ clock, events, failures, said, server, texts }) => {
    assert.match(await failures.next(), /self.signed/);
    const look = async (change: Record<string, string>, until: RegExp) => {
      Object.assign(texts, change);
      clock.advance(1_000);
      while (!said.some((line) => until.test(line))) await new Promise((done) => setImmediate(done));
    };
    await look({ ca: 'half a certif' }, /^error the new version .* no certificate in PEM/);
    // The detector knows the address alone; the right authority is not enough for another name.
    await look({ ca: `${other.cert}\n${pem('ca.pem')}` }, /^info certificate and key were read again/);
    for (let reason = ''; !/not in the cert|does not match/.test(reason); reason = await failures.next())
      clock.advance(15_000);
    assert.is(events.waiting, 0);
    assert.is(server.waiting(), 0);
  }));

test.run();
