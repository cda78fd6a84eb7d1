import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { assert, suite } from '../../harness/index.ts';
import { eventually, framework, type Rig, rig, task } from './rig.ts';

const test = suite('sandboxes over HTTP');

interface Answer {
  readonly status: number;
  readonly body: string;
}

const ask = (r: Rig, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: r.agent().port, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    }).on('error', reject);
  });

const LATEST = '/frameworks/fw/executors/t/runs/latest';
const file = (r: Rig, kind: string, name: string, more = '') =>
  ask(r, `/files/${kind}?path=${encodeURIComponent(`${LATEST}${name}`)}${more}`);

async function withSandbox(work: (r: Rig, sandbox: string) => Promise<void>): Promise<void> {
  const r = await rig();
  r.link().runTasks({ framework: framework(), tasks: [task('t', { command: { value: 'exec sleep 300' } })] });
  await r.update('t', 'TASK_STARTING');
  const sandbox = join(r.workDir, 'slaves/m-S0/frameworks/fw/executors/t/runs/latest');
  await eventually(() => existsSync(sandbox) || undefined, 'sandbox');
  try {
    await work(r, sandbox);
  } finally {
    await r.close();
  }
}

test('no path and no link leads out of a sandbox', () =>
  withSandbox(async (r, sandbox) => {
    symlinkSync('/etc', join(sandbox, 'etc'));
    symlinkSync('/etc/passwd', join(sandbox, 'secret'));
    symlinkSync('../..', join(sandbox, 'up'));
    for (const kind of ['browse', 'read', 'download']) {
      for (const name of ['/etc', '/etc/passwd', '/secret', '/up/x', '/..', '/../../', '/a/../b', '/\0'])
        assert.ok([400, 404].includes((await file(r, kind, name)).status), `${kind} ${name}`);
      for (const path of ['/etc/passwd', r.workDir, dirname(sandbox), join(r.workDir, 'meta')])
        assert.is((await ask(r, `/files/${kind}?path=${encodeURIComponent(path)}`)).status, 404, path);
    }
    const names = JSON.parse((await file(r, 'browse', '')).body).map(({ path }: { path: string }) => path);
    assert.equal(names, [`${LATEST}/stderr`, `${LATEST}/stdout`]);
  }));

test('a link inside its sandbox is followed', () =>
  withSandbox(async (r, sandbox) => {
    mkdirSync(join(sandbox, 'd'));
    writeFileSync(join(sandbox, 'd/f'), 'content');
    symlinkSync('d/f', join(sandbox, 'link'));
    assert.equal(JSON.parse((await file(r, 'read', '/link', '&offset=0')).body), {
      data: 'content',
      offset: 0,
    });
    assert.is((await file(r, 'download', '/link')).body, 'content');
  }));

test('a pipe is no file to read', () =>
  withSandbox(async (r, sandbox) => {
    execFileSync('mkfifo', [join(sandbox, 'pipe')]);
    for (const kind of ['read', 'download'])
      assert.is((await file(r, kind, '/pipe', '&offset=0')).status, 400);
  }));

test('a page never ends inside a character', () =>
  withSandbox(async (r, sandbox) => {
    writeFileSync(join(sandbox, 'text'), 'aé€😀b');
    let offset = 0;
    let whole = '';
    while (offset < 11) {
      const { body } = await file(r, 'read', '/text', `&offset=${offset}&length=4`);
      const { data } = JSON.parse(body) as { data: string };
      assert.not.match(data, /\uFFFD/);
      whole += data;
      offset += Buffer.byteLength(data);
    }
    assert.is(whole, 'aé€😀b');
  }));

test('what executors and tasks were given is accounted, ports included', () =>
  withSandbox(async (r) => {
    const ports = {
      name: 'ports',
      type: 'RANGES',
      ranges: { range: [{ begin: 31005, end: 31006 }] },
    } as const;
    r.link().runTasks({
      framework: framework(),
      tasks: [task('p', { command: { value: 'exec sleep 300' }, resources: [ports] })],
    });
    await r.update('p', 'TASK_STARTING');
    const state = JSON.parse((await ask(r, '/state')).body);
    assert.equal(state.unreserved_resources_allocated, {
      disk: 0,
      mem: 96,
      gpus: 0,
      cpus: 0.3,
      ports: '[31005-31006]',
    });
    const [statistics] = JSON.parse((await ask(r, '/monitor/statistics')).body);
    assert.ok(statistics.statistics.mem_rss_bytes > 0);
  }));

test.run();
