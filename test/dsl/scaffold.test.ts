import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { messageOf } from '../../src/base/errors.ts';
import { Service, SimpleTask } from '../../src/dsl/index.ts';
import { packageRoot } from '../../src/dsl/load/library.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { typecheck } from '../../src/dsl/load/typecheck.ts';
import { scaffold } from '../../src/dsl/scaffold.ts';
import { mistakesIn, renderFile, renderJob } from '../../src/dsl/testing.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('a folder for job files');
let parent = '';
test.before(() => {
  parent = mkdtempSync(join(tmpdir(), 'aurora-init-'));
  mkdirSync(join(parent, 'node_modules'));
  symlinkSync(join(packageRoot(), 'node_modules/typescript'), join(parent, 'node_modules/typescript'));
});
test.after(() => rmSync(parent, { recursive: true, force: true }));

test('has a service, a cron job and a test, and all of it is right', async () => {
  const folder = join(parent, 'shop');
  const files = await scaffold({ folder, role: 'me' });
  assert.equal(files.map((path) => basename(path)).sort(), [
    'cron.aurora.ts',
    'jobs.test.mjs',
    'package.json',
    'service.aurora.ts',
    'tsconfig.json',
  ]);
  const keys: string[] = [];
  for (const name of ['service.aurora.ts', 'cron.aurora.ts']) {
    assert.equal(await mistakesIn(join(folder, name)), []);
    assert.equal(typecheck(join(folder, name)), []);
    keys.push(...(await loadJobs(join(folder, name))).jobs.map(({ key }) => key));
  }
  assert.equal(keys, ['local/me/devel/shop', 'local/me/devel/shop_nightly']);
  for (const name of ['package.json', 'tsconfig.json']) JSON.parse(readFileSync(join(folder, name), 'utf8'));
}, 30_000);

test('is not written over', async () => {
  const folder = join(parent, 'twice');
  await scaffold({ folder, role: 'me' });
  try {
    await scaffold({ folder, role: 'me' });
    assert.unreachable();
  } catch (error) {
    assert.match(messageOf(error), /has cron.aurora.ts, .* already; choose an empty folder$/);
  }
});

test('has names that schedulers accept', async () => {
  const refused = await scaffold({ folder: join(parent, 'x'), role: 'web team' }).catch(messageOf);
  assert.match(String(refused), /role "web team" is not an identifier/);
});

test('type errors are reported with their places', () => {
  const path = join(parent, 'wrong.aurora.ts');
  writeFileSync(
    path,
    "import { Job } from 'aurora';\nexport default [\n  Job({ cluster: 'a', role: 5 }),\n];\n",
  );
  const [problem, ...others] = typecheck(path);
  assert.is(others.length, 0);
  assert.match(problem?.text ?? '', /Type 'number' is not assignable to type/);
  assert.equal(problem?.position, { file: path, line: 3, column: 23 });
}, 30_000);

test('rendered jobs are the same on every machine', async () => {
  const [service] = await renderFile(join(packageRoot(), 'examples/hello_world.aurora.ts'));
  assert.is(service?.key, 'local/hello/devel/hello_world');
  const own = renderJob(
    Service({ cluster: 'c', role: 'r', environment: 'test', task: SimpleTask('p', 'run {{what}}') }),
    { binds: { what: 'it' } },
  );
  assert.is(own.key, 'c/r/test/p');
  assert.equal(JSON.parse(JSON.stringify(own)), own);
  assert.match(JSON.stringify(own), /"cmdline":"run it"/);
});

test.run();
