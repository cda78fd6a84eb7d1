/** The package as a user has it: packed, unpacked below a project's node_modules, and used from there. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { complaintsOf, openBrowser } from '../browser/browser.ts';
import { LIMIT_MS, STEP_MS } from '../browser/site.ts';
import { assert, count, suite } from '../harness/index.ts';
import { newProduct } from './product.ts';

const CHECKOUT = process.cwd();
const test = suite('the installed package');

let project = '';
const inProject = (...path: string[]) => join(project, ...path);

function run(program: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      HOME: project,
      USER: 'me',
      NODE_OPTIONS: '',
      npm_config_cache: inProject('cache'),
    },
  });
  return { code: status, output: `${stdout}${stderr}${error ?? ''}`, stdout };
}
const node = (args: readonly string[], cwd: string) => run(process.execPath, args, cwd);
const aurora = (cwd: string, ...words: string[]) =>
  node([inProject('node_modules/aurora/bin/aurora.js'), ...words], cwd);
const tsc = (cwd: string) => node([inProject('node_modules/typescript/bin/tsc'), '--pretty', 'false'], cwd);

test.before(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'aurora-installed-')));
  const packed = run('npm', ['pack', '--offline', '--silent', '--pack-destination', project], CHECKOUT);
  assert.is(packed.code, 0, packed.output);
  const home = inProject('node_modules/aurora');
  mkdirSync(home, { recursive: true });
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? '';
  const unpacked = run('tar', ['-xzf', inProject(tarball), '--strip-components=1', '-C', home], project);
  assert.is(unpacked.code, 0, unpacked.output);
  const { dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), 'typescript'])
    symlinkSync(join(CHECKOUT, 'node_modules', name), inProject('node_modules', name));
});
test.after(() => rmSync(project, { recursive: true, force: true }));

test('holds what it runs, its declarations and examples, and no sources', () => {
  const has = (path: string) => existsSync(inProject('node_modules/aurora', path));
  for (const path of [
    'bin/aurora.js',
    'dist/dsl.js',
    'dist/testing.js',
    'dist/types/dsl/index.d.ts',
    'examples/hello_world.aurora.ts',
    'docs/config.md',
    'dist/web/entries.json',
    'dist/apiclient/api_types.js',
    'dist/apiclient/ReadOnlyScheduler.js',
  ])
    assert.ok(has(path), path);
  for (const path of ['src', 'test', 'scripts']) assert.not(has(path), path);
});

test('has the whole web page, which asks nobody but its scheduler', () => {
  const web = inProject('node_modules/aurora/dist/web');
  const names = readdirSync(web);
  const text = (name: string) => readFileSync(join(web, name), 'utf8');
  const entries = Object.values(JSON.parse(text('entries.json'))).flat() as string[];
  const files = names.filter((name) => /\.(js|css)$/.test(name));
  const named = files.flatMap((name) =>
    [...text(name).matchAll(/\.\/([\w-]+\.js)/g)].map(([, found]) => found as string),
  );
  for (const name of [...entries, ...named]) {
    assert.ok(names.includes(name), name);
    assert.ok(names.includes(`${name}.gz`) && names.includes(`${name}.br`), name);
  }
  // Names of XML's vocabularies look like addresses; nobody follows them.
  for (const name of files)
    assert.equal(
      text(name).match(/(?:https?:|["'(])\/\/(?!www\.w3\.org)[\w-]+\.[a-z]{2,}[^'"` )]*/g) ?? [],
      [],
      name,
    );
});

test(
  'shows a job with its log on its page, with no way to any other machine',
  async () => {
    const product = await newProduct(inProject('node_modules/aurora/bin/aurora.js'));
    const scheduler = await product.startScheduler();
    // No other name or address is found, so that whatever else the page wanted would fail.
    const browser = await openBrowser('MAP * ~NOTFOUND, EXCLUDE 127.0.0.1');
    try {
      const file = inProject('node_modules/aurora/examples/hello_world.aurora.ts');
      const created = await product.aurora('job', 'create', 'local/hello/devel/hello_world', file);
      assert.is(created.code, 0, created.stderr);
      const page = await browser.newPage();
      page.setDefaultTimeout(STEP_MS);
      const [complaints, asked] = [complaintsOf(page), new Set<string>()];
      page.on('request', (request) => void asked.add(new URL(request.url()).host));
      await page.goto(`http://127.0.0.1:${product.port}/`);
      const main = page.locator('main');
      await main.getByRole('link', { name: 'hello', exact: true }).first().click();
      await main.getByRole('link', { name: 'hello_world', exact: true }).first().click();
      await main.getByText('Its instance is running.').waitFor();
      await main.getByRole('link', { name: 'Log', exact: true }).click();
      await main.getByText('Hello from instance 0').first().waitFor();
      assert.equal([...asked], [`127.0.0.1:${product.port}`]);
      assert.equal(complaints, []);
    } finally {
      await browser.close();
      await scheduler.stop();
      product.remove();
    }
  },
  LIMIT_MS,
);

/** Beside esbuild, which npm fetches for the machine. */
const MOST_BYTES = 15e6;

test('is a tarball of 15 MB at most', () => {
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? '';
  const { size } = statSync(inProject(tarball));
  count('bytes of the packed package', size);
  assert.ok(size > 1e6 && size <= MOST_BYTES, String(size));
});

test('makes a folder whose files the compiler takes, the command line checks and node tests', () => {
  const made = aurora(project, 'init', 'shop', '--role', 'me');
  assert.is(made.code, 0, made.output);
  const shop = inProject('shop');
  const compiled = tsc(shop);
  assert.is(compiled.code, 0, compiled.output);
  for (const file of ['service.aurora.ts', 'cron.aurora.ts']) {
    const checked = aurora(shop, 'config', 'check', file, '--typecheck');
    assert.is(checked.code, 0, checked.output);
    assert.match(checked.stdout, `${file}: 1 job, no mistakes`);
  }
  const tested = node(['--test'], shop);
  assert.is(tested.code, 0, tested.output);
}, 90_000);

test('has types that refuse a wrong field, under the strictest settings', () => {
  const folder = inProject('strict');
  mkdirSync(folder);
  const options = {
    target: 'ES2022',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    types: [],
    noEmit: true,
  };
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
  );
  const source = (fields: string) =>
    `import { type JobFields, MB, Service, SimpleTask } from 'aurora';
import { renderJob } from 'aurora/testing';
const fields: JobFields = { cluster: 'c', role: 'r', environment: 'prod', task: SimpleTask('p', 'run'), ${fields} };
export default [Service(fields)];
export const ports: readonly string[] = renderJob(Service(fields)).ports;
export const ram: number = 4 * MB;
`;
  writeFileSync(join(folder, 'job.aurora.ts'), source('instances: 3'));
  const right = tsc(folder);
  assert.is(right.code, 0, right.output);
  writeFileSync(join(folder, 'job.aurora.ts'), source('instances: 3, colour: "red"'));
  const wrong = tsc(folder);
  assert.is(wrong.code, 2, wrong.output);
  assert.match(wrong.output, /^job\.aurora\.ts\(3,\d+\): error TS2353: .*'colour' does not exist/m);
}, 90_000);

test.run();
