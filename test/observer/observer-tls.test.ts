/** The observer's encrypted port, with certificates made by openssl. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { startObserver } from '../../src/observer/main.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('observer with TLS');

const made = (name: string) => fileURLToPath(new URL(`../client/certificates/${name}`, import.meta.url));
const pem = (name: string) => readFileSync(made(name), 'utf8');

const ask = (port: number, options: RequestOptions): Promise<number | string> =>
  new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path: '/vars', agent: false, ...options }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });

test('https by flag, and with authorities of clients for those alone who show a certificate of theirs', async () => {
  const root = mkdtempSync(join(tmpdir(), 'aurora-observer-tls-'));
  const clock = manualClock();
  const tls = [`--http_tls_certificate=${made('server.pem')}`, `--http_tls_key=${made('server.key')}`];
  const start = (more: readonly string[]) =>
    startObserver({
      words: [`--mesos-root=${root}`, '--ip=127.0.0.1', '--port=0', ...more],
      clock,
      log: silentLogger,
    });
  const ca = pem('ca.pem');
  const client = { ca, cert: pem('client.pem'), key: pem('client.key') };
  try {
    const open = await start(tls);
    try {
      assert.is(await ask(open.port, { ca }), 200);
      assert.match(String(await ask(open.port, {})), /UNABLE_TO|SELF_SIGNED/);
    } finally {
      await open.close();
    }
    const closed = await start([...tls, `--http_tls_client_ca=${made('ca.pem')}`]);
    try {
      assert.is(await ask(closed.port, client), 200);
      assert.match(String(await ask(closed.port, { ca })), /ALERT|ECONNRESET|EPIPE/);
    } finally {
      await closed.close();
    }
    const failure = await start([`--http_tls_key=${made('server.key')}`]).catch((error) => error);
    assert.match(`${failure.code} ${failure.message}`, /^USAGE .*http_tls_certificate/);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  assert.is(clock.pending(), 0, 'nothing looks at the files any more');
});

test.run();
