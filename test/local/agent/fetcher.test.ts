import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchUris } from '../../../src/local/agent/fetcher.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('fetching the URIs of a command');

const base = mkdtempSync(join(tmpdir(), 'aurora-fetch-'));
let server: Server;
let url = '';

const sandbox = (): string => mkdtempSync(join(base, 'sandbox-'));
const signal = new AbortController().signal;
const fetch = (directory: string, ...uris: Parameters<typeof fetchUris>[0]) =>
  fetchUris(uris, { sandbox: directory, user: undefined, signal });

async function failure(directory: string, ...uris: Parameters<typeof fetchUris>[0]): Promise<string> {
  try {
    await fetch(directory, ...uris);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing failed');
}

test.before(async () => {
  writeFileSync(join(base, 'file.txt'), 'text\n');
  mkdirSync(join(base, 'tree/d'), { recursive: true });
  writeFileSync(join(base, 'tree/d/x'), 'inside\n');
  execFileSync('tar', ['-C', join(base, 'tree'), '-czf', join(base, 'a.tgz'), 'd']);
  mkdirSync(join(base, 'evil'));
  symlinkSync(base, join(base, 'evil/out'));
  execFileSync('tar', ['-C', join(base, 'evil'), '-cf', join(base, 'evil.tar'), 'out']);
  server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { Location: '/file' }).end();
    else if (request.url === '/loop') response.writeHead(302, { Location: '/loop' }).end();
    else if (request.url === '/file') response.end('over http\n');
    else if (request.url === '/cut') {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('part', () => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.after(async () => {
  await new Promise((done) => server.close(done));
  rmSync(base, { recursive: true, force: true });
});

test('local files come under their own or another name, archives are unpacked beside themselves', async () => {
  const directory = sandbox();
  await fetch(
    directory,
    { value: join(base, 'file.txt') },
    { value: `file://${join(base, 'a.tgz')}` },
    { value: join(base, 'file.txt'), output_file: 'renamed', executable: true },
    { value: join(base, 'file.txt'), output_file: 'sub/x' },
  );
  const content = (name: string) => readFileSync(join(directory, name), 'utf8');
  assert.equal(['file.txt', 'renamed', 'sub/x', 'd/x'].map(content), [
    'text\n',
    'text\n',
    'text\n',
    'inside\n',
  ]);
  assert.is(statSync(join(directory, 'renamed')).mode & 0o777, 0o755);
  assert.is(statSync(join(directory, 'file.txt')).mode & 0o777, 0o644);
});

test('executable and extract: false keep an archive as it is', async () => {
  for (const choice of [{ executable: true }, { extract: false }]) {
    const directory = sandbox();
    await fetch(directory, { value: join(base, 'a.tgz'), ...choice });
    assert.ok(existsSync(join(directory, 'a.tgz')));
    assert.not.ok(existsSync(join(directory, 'd')));
  }
});

test('http follows redirects and refuses everything but a whole 200', async () => {
  const directory = sandbox();
  await fetch(directory, { value: `${url}/moved`, output_file: 'page' });
  assert.is(readFileSync(join(directory, 'page'), 'utf8'), 'over http\n');
  assert.match(await failure(sandbox(), { value: `${url}/nothing` }), /the server answered 404/);
  assert.match(await failure(sandbox(), { value: `${url}/loop` }), /more than 10 redirects/);
  assert.match(await failure(sandbox(), { value: `${url}/cut` }), /Failed to fetch/);
});

test('the first failure ends it, and its cause stands in stderr of the sandbox', async () => {
  const directory = sandbox();
  const missing = join(base, 'missing.txt');
  const text = await failure(directory, { value: missing }, { value: join(base, 'file.txt') });
  assert.match(text, /Failed to fetch '.*missing.txt': ENOENT/);
  assert.is(readFileSync(join(directory, 'stderr'), 'utf8'), `${text}\n`);
  assert.not.ok(existsSync(join(directory, 'file.txt')));
});

test('schemes and names that nobody may use are refused', async () => {
  assert.match(await failure(sandbox(), { value: 'hdfs://host/x' }), /only absolute paths/);
  assert.match(await failure(sandbox(), { value: 'relative/x' }), /only absolute paths/);
  assert.match(await failure(sandbox(), { value: base }), /not a file/);
  for (const name of ['../x', '/etc/x', 'a/../../x'])
    assert.match(
      await failure(sandbox(), { value: join(base, 'file.txt'), output_file: name }),
      /inside the sandbox/,
    );
});

test('an archive with a link cannot make a later file land outside', async () => {
  const text = await failure(
    sandbox(),
    { value: join(base, 'evil.tar') },
    { value: join(base, 'file.txt'), output_file: 'out/planted' },
  );
  assert.match(text, /leads out of the sandbox/);
  assert.not.ok(existsSync(join(base, 'planted')));
});

test('a fetch that is called off ends', async () => {
  const stop = new AbortController();
  const hanging = createServer(() => stop.abort());
  await new Promise<void>((done) => void hanging.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/never`;
  let failed = false;
  await fetchUris([{ value: address }], { sandbox: sandbox(), user: undefined, signal: stop.signal }).catch(
    () => {
      failed = true;
    },
  );
  assert.ok(failed);
  hanging.closeAllConnections();
  await new Promise((done) => hanging.close(done));
});

test.run();
