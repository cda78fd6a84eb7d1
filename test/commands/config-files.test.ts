/** The commands for files alone, which no scheduler is needed for: `config check`, `init`, `admin unit-files`. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { manualClock } from '../../src/base/manual-clock.ts';
import { main } from '../../src/commands/main.ts';
import { assert, suite } from '../harness/index.ts';

const PROJECT = process.cwd();
let folder = '';

async function aurora(...words: string[]) {
  let stdout = '';
  let stderr = '';
  process.chdir(folder);
  try {
    const code = await main(words, {
      env: { HOME: folder, USER: 'me' },
      clock: manualClock(),
      signal: new AbortController().signal,
      print: (text) => {
        stdout += text;
      },
      complain: (text) => {
        stderr += text;
      },
      openPage: () => {},
      terminal: () => undefined,
      stdio: [0, 1, 2],
    });
    return { code, stdout, stderr };
  } finally {
    process.chdir(PROJECT);
  }
}

const newFolder = () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'aurora-config-')));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(PROJECT, 'node_modules/typescript'), join(folder, 'node_modules/typescript'));
};
const removeFolder = () => rmSync(folder, { recursive: true, force: true });

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return name;
};
const job = (fields: string) => `import { Process, Service, SimpleTask, Task } from 'aurora';
export default [
  Service({ cluster: 'local', role: 'me', environment: 'devel', name: 'web', task: SimpleTask('p', 'run'), ${fields} }),
];
`;

const check = suite('aurora config check');
check.before(newFolder);
check.after(removeFolder);

check('says that all is well, and exits with 0', async () => {
  const { code, stdout, stderr } = await aurora('config', 'check', file('good.aurora.ts', job('')));
  assert.equal(
    { code, stdout, stderr },
    {
      code: 0,
      stdout: 'good.aurora.ts: 1 job, no mistakes\n',
      stderr: '',
    },
  );
});

check('tells every mistake of a file at its place, one a line, and exits with 3', async () => {
  const twelve = resolve(PROJECT, 'test/dsl/fixtures/twelve-mistakes.aurora.ts');
  const { code, stdout } = await aurora('config', 'check', twelve);
  assert.is(code, 3);
  const lines = stdout.trimEnd().split('\n');
  assert.is(lines.length, 13, stdout);
  assert.match(lines.at(-1) ?? '', /: 4 jobs, 12 mistakes$/);
  for (const line of lines.slice(0, -1)) assert.match(line, /\.ts:\d+:\d+: .+ \[.+\]$/);
});

check('prints JSON for programs', async () => {
  const path = file('bad.aurora.ts', job('instances: 0, colour: "red"'));
  const { code, stdout } = await aurora('config', 'check', '--json', path);
  assert.is(code, 3);
  const { jobs, mistakes, warnings } = JSON.parse(stdout);
  assert.equal(jobs, ['local/me/devel/web']);
  assert.equal(warnings, []);
  const found = mistakes.map(({ kind, path: at, job: of, position }: Record<string, never>) => ({
    kind,
    at,
    of,
    position,
  }));
  const line = job('instances: 0, colour: "red"').split('\n')[2] as string;
  const at = (field: string) => ({
    file: join(folder, path),
    line: 3,
    column: line.indexOf(`${field}:`) + 1,
  });
  assert.equal(found, [
    { kind: 'unknown-field', at: 'colour', of: 'local/me/devel/web', position: at('colour') },
    { kind: 'bad-value', at: 'instances', of: 'local/me/devel/web', position: at('instances') },
  ]);
});

check('warns without failing', async () => {
  const { code, stdout } = await aurora('config', 'check', file('old.aurora.ts', job('production: true')));
  assert.is(code, 0, stdout);
  assert.match(stdout, /^old\.aurora\.ts: warning: production is deprecated.* \[local\/me\/devel\/web\]$/m);
});

check('a file that does not load has its mistakes listed, too', async () => {
  const { code, stdout } = await aurora('config', 'check', file('torn.aurora.ts', 'export default [;\n'));
  assert.is(code, 3);
  assert.match(stdout, /^torn\.aurora\.ts:1:17: Unexpected ";"$/m);
  const missing = await aurora('config', 'check', '--typecheck', 'nowhere.aurora.ts');
  assert.is(missing.code, 3);
  assert.match(missing.stdout, /^nowhere\.aurora\.ts: no such file: nowhere\.aurora\.ts; check the path$/m);
  assert.match(missing.stdout, /no jobs, 1 mistake$/m);
});

check('values of --bind count', async () => {
  const path = file('bind.aurora.ts', job("contact: '{{who}}'"));
  assert.match((await aurora('config', 'check', path)).stdout, /\{\{who\}\} is bound to nothing/);
  assert.is((await aurora('config', 'check', path, '--bind', 'who=me')).code, 0);
});

check(
  '--typecheck adds what the compiler of the project finds, and nothing twice',
  async () => {
    const path = file(
      'types.aurora.ts',
      job('colour: "red"').replace('export', "const count: number = 'one';\nexport"),
    );
    const loose = await aurora('config', 'check', path);
    assert.match(loose.stdout, /1 job, 1 mistake$/m);
    const strict = await aurora('config', 'check', path, '--typecheck');
    assert.is(strict.code, 3);
    assert.match(strict.stdout, /^types\.aurora\.ts:2:7: Type 'string' is not assignable to type 'number'/m);
    assert.match(strict.stdout, /1 job, 2 mistakes$/m);
    assert.is((await aurora('config', 'list', path)).code, 0);
    const listed = await aurora('config', 'list', path, '--typecheck');
    assert.is(listed.code, 4, listed.stdout);
    assert.match(listed.stderr, /types\.aurora\.ts:2:7/);
  },
  60_000,
);

check('a project without TypeScript is told how to get it', async () => {
  mkdirSync(join(folder, 'bare/node_modules'), { recursive: true });
  const path = file('bare/a.aurora.ts', job(''));
  rmSync(join(folder, 'node_modules/typescript'));
  const { code, stderr } = await aurora('config', 'check', path, '--typecheck');
  assert.is(code, 3);
  assert.match(stderr, /no TypeScript to check .* with; run npm install --save-dev typescript/);
});
check.run();

const init = suite('aurora init');
init.before(newFolder);
init.after(removeFolder);

init(
  'makes a folder whose files are free of mistakes, and says what to do next',
  async () => {
    const { code, stdout, stderr } = await aurora('init', 'shop', '--role', 'web', '--cluster', 'west');
    assert.is(code, 0, stderr);
    assert.match(stdout, /^wrote shop\/service\.aurora\.ts$/m);
    assert.match(stdout, /^next: cd shop && npm install && npm test$/m);
    for (const name of ['service', 'cron']) {
      const checked = await aurora('config', 'check', `shop/${name}.aurora.ts`, '--typecheck');
      assert.is(checked.code, 0, checked.stdout);
    }
    const { stdout: listed } = await aurora('config', 'list', 'shop/service.aurora.ts');
    assert.is(listed, 'jobs=[west/web/devel/shop]\n');
  },
  60_000,
);

init('needs no flags: the folder names the service, the user the role', async () => {
  mkdirSync(join(folder, 'api'));
  const { code } = await aurora('init', 'api');
  assert.is(code, 0);
  assert.is((await aurora('config', 'list', 'api/service.aurora.ts')).stdout, 'jobs=[local/me/devel/api]\n');
});

init('writes nothing over, and nothing at all when something is in the way', async () => {
  mkdirSync(join(folder, 'used'));
  file('used/package.json', '{}');
  const { code, stderr } = await aurora('init', 'used');
  assert.is(code, 4);
  assert.match(stderr, /used has package\.json already; choose an empty folder/);
  assert.is(readFileSync(join(folder, 'used/package.json'), 'utf8'), '{}');
  assert.not(existsSync(join(folder, 'used/service.aurora.ts')));
});

init('refuses names that a scheduler would refuse', async () => {
  const { code, stderr } = await aurora('init', 'new', '--name', 'a b');
  assert.is(code, 6);
  assert.match(stderr, /name "a b" is not an identifier/);
  assert.not(existsSync(join(folder, 'new')));
});
init.run();

const units = suite('aurora admin unit-files');
units.before(newFolder);
units.after(removeFolder);

units('writes units that systemd takes, with the program as it is installed', async () => {
  for (const [service, port] of [
    ['scheduler', '9081'],
    ['observer', '9338'],
  ] as const) {
    const { code, stdout, stderr } = await aurora(
      'admin',
      'unit-files',
      service,
      '--out',
      'units',
      '--port',
      port,
    );
    assert.is(code, 0, stderr);
    const unit = join(folder, `units/aurora-${service}.service`);
    assert.ok(stdout.includes(`wrote ${unit}\n`));
    assert.match(
      readFileSync(unit, 'utf8'),
      new RegExp(`^ExecStart=${process.execPath} .*/bin/aurora\\.js ${service}`, 'm'),
    );
    for (const name of ['default', 'monit', 'health.service'])
      assert.match(
        readFileSync(
          join(folder, `units/aurora-${service}${name === 'health.service' ? '-' : '.'}${name}`),
          'utf8',
        ),
        new RegExp(port),
      );
  }
  const names = ['scheduler', 'scheduler-health', 'observer', 'observer-health'];
  const paths = names.map((name) => join(folder, `units/aurora-${name}.service`));
  const verified = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
  // A machine without systemd has nothing to ask.
  if ((verified.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return;
  assert.is(`${verified.stdout}${verified.stderr}`, '');
  assert.is(verified.status, 0);
});

units('the health check asks what answers, and starts again what does not', async () => {
  const answer = createServer((_, response) => response.end('OK'));
  await new Promise<void>((done) => answer.listen(0, '127.0.0.1', done));
  const { port } = answer.address() as AddressInfo;
  await aurora('admin', 'unit-files', 'scheduler', '--out', 'checked', '--port', String(port));
  const unit = readFileSync(join(folder, 'checked/aurora-scheduler-health.service'), 'utf8');
  const script = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(unit)?.[1] ?? '';
  const bin = join(folder, 'fake-bin');
  mkdirSync(bin);
  for (const [name, text] of [
    ['systemctl', 'echo "$@"'],
    ['sleep', 'exit 0'],
  ])
    writeFileSync(join(bin, name as string), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const check = () =>
    new Promise<string>((resolve) => {
      const child = spawn('/bin/sh', ['-c', script], { env: { PATH: `${bin}:/usr/bin:/bin` } });
      let said = '';
      child.stdout.on('data', (bytes) => (said += bytes));
      child.on('close', (code) => resolve(`${code} ${said}`));
    });
  assert.is(await check(), '0 ');
  await new Promise((done) => answer.close(done));
  assert.is(await check(), '0 restart aurora-scheduler.service\n');
});

units('writes nothing over, and names what it can write', async () => {
  await aurora('admin', 'unit-files', 'scheduler', '--out', 'twice');
  const again = await aurora('admin', 'unit-files', 'scheduler', '--out', 'twice');
  assert.is(again.code, 4);
  assert.match(again.stderr, /twice has aurora-scheduler.* already; choose an empty folder/);
  const other = await aurora('admin', 'unit-files', 'executor');
  assert.is(other.code, 2);
  assert.match(other.stderr, /scheduler, observer/);
});
units.run();

const inspect = suite('a job without a scheduler');
inspect.before(newFolder);
inspect.after(removeFolder);

inspect('is shown without a scheduler, as JSON', async () => {
  file(
    'web.aurora.ts',
    `import { Docker, imageDigest, limit, MB, Process, port, Service, Task } from 'aurora';
const serve = Process({ name: 'serve', cmdline: \`serve \${port('http')}\` });
export default [Service({ cluster: 'nowhere', role: 'me', environment: 'devel', name: 'web', instances: 3,
  container: Docker({ image: imageDigest('shop/web', '4.2') }), constraints: { host: limit(1) },
  task: Task({ processes: [serve], resources: { cpu: 0.5, ram: 64 * MB, disk: 64 * MB } }) })];`,
  );
  const { code, stdout, stderr } = await aurora(
    'job',
    'inspect',
    'nowhere/me/devel/web',
    'web.aurora.ts',
    '--offline',
  );
  assert.equal([code, stderr], [0, '']);
  const shown = JSON.parse(stdout);
  assert.equal(Object.keys(shown), [
    'cluster',
    'role',
    'environment',
    'name',
    'ports',
    'jobConfiguration',
    'executorData',
    'updateSettings',
  ]);
  assert.equal(shown.ports, ['http']);
  assert.is(shown.jobConfiguration.instanceCount, 3);
  assert.equal(shown.jobConfiguration.taskConfig.executorConfig, { name: 'AuroraExecutor' });
  assert.is(shown.jobConfiguration.taskConfig.container.docker.image, `shop/web@sha256:${'0'.repeat(64)}`);
  assert.is(shown.executorData.task.processes[0].cmdline, 'serve {{thermos.ports[http]}}');
  assert.is(shown.updateSettings.updateGroupSize, 1);
  assert.is(shown.jobConfiguration.taskConfig.tier, undefined);
});

inspect.run();
