import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../../src/base/errors.ts';
import { configProblems } from '../../src/dsl/load/config-problem.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import type { LoadOptions } from '../../src/dsl/load/load-options.ts';
import { convertJob, type LoadedJob, selectJob } from '../../src/dsl/load/loaded-job.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('loading a job file');
let folder = '';
test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'aurora-load-')));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** Writes files into a folder of their own; gives back the first one's path. */
function written(contents: Readonly<Record<string, string>>): string {
  const home = join(folder, `case-${files++}`);
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return join(home, Object.keys(contents)[0] as string);
}

const JOB = (name: string) =>
  `Service({ cluster: 'local', role: 'me', environment: 'test', name: ${name}, task: SimpleTask('p', 'true') })`;
const file = (before: string, name = "'x'"): string =>
  `import { Service, SimpleTask } from 'aurora';\n${before}\nexport default [${JOB(name)}];\n`;

const names = async (path: string, options?: LoadOptions): Promise<readonly string[]> =>
  (await loadJobs(path, options)).jobs.map(({ name }) => name);

/** The first mistake of a file that does not load, as `text @line:column`. */
async function refusal(path: string, options?: LoadOptions): Promise<string> {
  try {
    await loadJobs(path, options);
  } catch (error) {
    const [problem] = configProblems(error);
    assert.ok(problem, `not a configuration error: ${messageOf(error)}`);
    const at = problem?.position;
    return `${problem?.text}${at ? ` @${at.file.slice(dirname(path).length + 1)}:${at.line}:${at.column}` : ''}`;
  }
  return assert.unreachable('the file must not load') as never;
}

test('relative imports, JSON, npm packages of both kinds and modules of Node', async () => {
  const path = written({
    'jobs/a.aurora.ts': file(
      [
        "import { suffix } from '../lib/names';",
        "import settings from '../settings.json';",
        "import { word } from 'shared-esm';",
        "import old from 'shared-cjs';",
        "import { basename } from 'node:path';",
      ].join('\n'),
      "[suffix, settings.color, word, old.version(), basename('/a/b')].join('-')",
    ),
    'lib/names.ts': "export const suffix: string = 'lib';",
    'settings.json': '{ "color": "blue" }',
    'node_modules/shared-esm/package.json': '{ "type": "module", "exports": "./main.js" }',
    'node_modules/shared-esm/main.js': "export const word = 'esm';",
    'node_modules/shared-cjs/package.json': '{ "main": "main.js" }',
    'node_modules/shared-cjs/main.js':
      "const os = require('os'); module.exports = { version: () => typeof os.cpus };",
  });
  const loaded = await loadJobs(path);
  assert.equal(
    loaded.jobs.map(({ name }) => name),
    ['lib-blue-esm-function-b'],
  );
  assert.is(loaded.sources.length, 5);
  assert.ok(loaded.sources.every((source) => source.startsWith(folder)));
});

test('import.meta is that of each file, and top-level await works', async () => {
  const path = written({
    'a.aurora.ts': file(
      "import { home } from './sub/home.ts';\nconst own = await Promise.resolve(import.meta.filename);",
      "own.split('/').at(-1) + home",
    ),
    'sub/home.ts': "export const home = import.meta.dirname.split('/').at(-1) + import.meta.url.slice(0, 7);",
  });
  assert.equal(await names(path), ['a.aurora.tssubfile://']);
});

test('packages have an import.meta of their own, too', async () => {
  const path = written({
    'a.aurora.ts': file("import { home } from 'far';", 'home'),
    'node_modules/far/package.json': '{ "type": "module", "exports": "./main.js" }',
    'node_modules/far/main.js':
      "#!/usr/bin/env node\nexport const home = new URL('.', import.meta.url).pathname.split('/').at(-2);",
  });
  assert.equal(await names(path), ['far']);
});

test('a symbolic link is the file that it leads to', async () => {
  const path = written({
    'real/a.aurora.ts': file("import { x } from './x.ts';", 'x'),
    'real/x.ts': "export const x = 'there';",
  });
  const link = join(dirname(dirname(path)), 'link.aurora.ts');
  symlinkSync(path, link);
  const loaded = await loadJobs(link);
  assert.is(loaded.file, path);
  assert.is(loaded.jobs[0]?.name, 'there');
});

test('nothing is written into the folder of the file', async () => {
  const path = written({ 'a.aurora.ts': file('') });
  await loadJobs(path);
  assert.equal(readdirSync(dirname(path)), ['a.aurora.ts']);
});

test('the file cannot reach into the program that loads it', async () => {
  const path = written({
    'a.aurora.ts': file(
      "(globalThis as { intruder?: boolean }).intruder = true; Object.assign(Array.prototype, { intruder: 1 }); process.exitCode = 7; process.env.INTRUDER = 'yes';",
    ),
  });
  assert.equal(await names(path), ['x']);
  assert.not('intruder' in globalThis);
  assert.not('intruder' in []);
  assert.is(process.exitCode, undefined);
  assert.is(process.env.INTRUDER, undefined);
});

test('an endless loop ends at the time limit', async () => {
  const path = written({ 'a.aurora.ts': file('for (;;) {}') });
  assert.is(await refusal(path, { timeLimitMs: 300 }), 'not done after 0.3 s');
});

test('a wait without an end ends at the time limit, too', async () => {
  const path = written({ 'a.aurora.ts': file('await new Promise((done) => setTimeout(done, 1e6));') });
  assert.is(await refusal(path, { timeLimitMs: 300 }), 'not done after 0.3 s');
});

test('a throw names the line, also of an imported module', async () => {
  const own = written({ 'a.aurora.ts': file('const n: number = 1;\nif (n) throw new RangeError(`no`);') });
  assert.is(await refusal(own), 'RangeError: no @a.aurora.ts:3:14');
  const imported = written({
    'a.aurora.ts': file("import { pick } from './lib.ts';\npick();"),
    'lib.ts':
      'interface Unused { a: string }\n\nexport function pick(): never {\n  return missing.thing;\n}\n',
  });
  assert.is(await refusal(imported), 'ReferenceError: missing is not defined @lib.ts:4:3');
});

test('something thrown that is no error is shown as text', async () => {
  const path = written({ 'a.aurora.ts': file("throw 'just text';") });
  assert.is(await refusal(path), 'just text');
});

test('a rejected promise is reported, waited for or not', async () => {
  const waited = written({ 'a.aurora.ts': file("await Promise.reject(new Error('late'));") });
  assert.match(await refusal(waited), /^Error: late @a.aurora.ts:2/);
  const lost = written({ 'a.aurora.ts': file("Promise.reject(new Error('lost'));") });
  assert.match(
    await refusal(lost),
    /^a promise was rejected and nobody waited for it: Error: lost @a.aurora.ts:2/,
  );
});

test('process.exit does not end the command', async () => {
  const path = written({ 'a.aurora.ts': file('process.exit(3);') });
  assert.is(await refusal(path), 'ended the process with code 3');
});

test('a list without an end does not take the machine down', async () => {
  const path = written({
    'a.aurora.ts': file('const list: string[] = [];\nfor (;;) list.push("x".repeat(1000) + list.length);'),
  });
  assert.match(await refusal(path, { timeLimitMs: 50_000 }), /memory/i);
}, 60_000);

test('mistakes in the text are all reported, with their places', async () => {
  const path = written({
    'a.aurora.ts': "import { Job } from 'aurora';\nexport default [Job({ name: 'x' ];\n",
  });
  assert.is(await refusal(path), 'Expected "}" but found "]" @a.aurora.ts:2:33');
  const missing = written({
    'a.aurora.ts': "import a from './a.ts';\nimport b from './b.ts';\nexport default [a, b];\n",
  });
  try {
    await loadJobs(missing);
    assert.unreachable();
  } catch (error) {
    assert.equal(
      configProblems(error).map(({ text, position }) => [text, position?.line, position?.column]),
      [
        ['Could not resolve "./a.ts"', 1, 15],
        ['Could not resolve "./b.ts"', 2, 15],
      ],
    );
  }
});

test('a name that the language does not have is reported at its import', async () => {
  const path = written({ 'a.aurora.ts': "import { Jobb } from 'aurora';\nexport default [Jobb({})];\n" });
  assert.match(await refusal(path), /No matching export .* for import "Jobb" @a.aurora.ts:1:10/);
});

test('a file has to export a list of jobs', async () => {
  const none = written({ 'a.aurora.ts': 'export const jobs = [1];' });
  assert.is(await refusal(none), 'the file has no default export; it exports jobs');
  const stranger = written({
    'a.aurora.ts':
      "import { SimpleTask } from 'aurora';\nexport default [\n  SimpleTask('a', 'b'),\n  { name: 'x' },\n];\n",
  });
  try {
    await loadJobs(stranger);
    assert.unreachable();
  } catch (error) {
    assert.equal(
      configProblems(error).map(({ path, text, position }) => [path, text, position?.line]),
      [
        ['default export[0]', 'is Task, not a job', 3],
        ['default export[1]', 'is an object, not a job', undefined],
      ],
    );
  }
});

test('one job needs no list', async () => {
  const path = written({
    'a.aurora.ts': `import { Service, SimpleTask } from 'aurora';\nexport default ${JOB("'alone'")};`,
  });
  assert.equal(await names(path), ['alone']);
});

test('a file that is not there is named', async () => {
  assert.is(
    await refusal(join(folder, 'nowhere.aurora.ts')),
    `no such file: ${join(folder, 'nowhere.aurora.ts')}`,
  );
});

test('parameters read --bind with types and defaults', async () => {
  const source = file(
    "import { parameters } from 'aurora';\nconst p = parameters({ build: String, shards: 3, canary: false });",
    "[p.build, p.shards + 1, p.canary].join('-')",
  );
  const path = written({ 'a.aurora.ts': source });
  assert.equal(await names(path, { binds: { build: '42' } }), ['42-4-false']);
  assert.equal(await names(path, { binds: { build: 'b', shards: '7', canary: '1' } }), ['b-8-true']);
  assert.is(
    await refusal(path, { binds: { shards: 'many' } }),
    'TypeError: parameter build is missing: pass --bind build=VALUE; parameter shards is "many": pass --bind shards=NUMBER @a.aurora.ts:3:11',
  );
});

test('a --bind name has to be an address', async () => {
  const path = written({ 'a.aurora.ts': file('') });
  assert.match(await refusal(path, { binds: { 'a b': '1' } }), /^--bind a b: \{\{a b\}\} is not a reference/);
});

test('a job is found by its names', async () => {
  const path = written({
    'a.aurora.ts': `import { Service, SimpleTask } from 'aurora';\nconst a = ${JOB("'a'")};\nexport default [a, a.with({ environment: 'prod' }), a.with({ name: 'b' })];`,
  });
  const loaded = await loadJobs(path);
  const pick = (wanted: Parameters<typeof selectJob>[1]): string => {
    try {
      return selectJob(loaded, wanted).key;
    } catch (error) {
      return messageOf(error).replace(loaded.file, 'FILE');
    }
  };
  assert.is(pick({ name: 'b' }), 'local/me/test/b');
  assert.is(pick({ name: 'a', environment: 'prod' }), 'local/me/prod/a');
  assert.is(
    pick({ name: 'c' }),
    'there is no job */*/*/c; there are local/me/test/a, local/me/prod/a, local/me/test/b',
  );
  assert.match(
    pick({ name: 'a' }),
    /^2 jobs are called \*\/\*\/\*\/a: local\/me\/test\/a, local\/me\/prod\/a/,
  );
});

test('files load side by side', async () => {
  const paths = ['a', 'b', 'c', 'd'].map((name) => written({ [`${name}.aurora.ts`]: file('', `'${name}'`) }));
  const loaded = await Promise.all(paths.map((path) => loadJobs(path)));
  assert.equal(
    loaded.map(({ jobs }) => jobs[0]?.name),
    ['a', 'b', 'c', 'd'],
  );
  const { jobConfiguration } = convertJob(loaded[0]?.jobs[0] as LoadedJob, { user: 'me' });
  assert.is(jobConfiguration.key?.name, 'a');
});

test.run();
