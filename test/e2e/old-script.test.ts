/** A script in the words of the original's clients, which greps and cuts what they print, on the embedded cluster. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { newProduct, type Product, type RunningScheduler } from './product.ts';

const test = suite('a script of the original');

const SOURCE = `
import { cron, Job, MB, parameters, Process, Resources, Service, Task, UpdateConfig } from 'aurora';

const { version, watch } = parameters({ version: 1, watch: 1 });
const resources = Resources({ cpu: 0.1, ram: 16 * MB, disk: 16 * MB });
const task = (name: string, cmdline: string) => Task({ processes: [Process({ name, cmdline })], resources });
const at = { cluster: 'local', role: 'shop', environment: 'devel' } as const;

export default [
  Service({
    ...at, name: 'pair', instances: 2, task: task('serve', \`echo \${version}; while true; do sleep 1; done\`),
    updateConfig: UpdateConfig({ batchSize: 5, watchSecs: watch }),
  }),
  Job({ ...at, name: 'nightly', cronSchedule: cron('0 3 * * *'), task: task('report', 'true') }),
];
`;

let product: Product;
let scheduler: RunningScheduler;
test.before(async () => {
  product = await newProduct();
  scheduler = await product.startScheduler();
});
test.after(async () => {
  await scheduler.stop();
  product.remove();
});

/** A program of that name on the path, as an installation has it. */
function install(name: string): void {
  const path = join(product.home, 'bin', name);
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${resolve(`bin/${name}.js`)}' "$@"\n`);
  chmodSync(path, 0o755);
}

test('forty lines with 33 commands run unchanged', async () => {
  product.jobFile('pair.aurora.ts', SOURCE);
  mkdirSync(join(product.home, 'bin'));
  for (const name of ['aurora', 'aurora_admin']) install(name);
  const child = spawn('bash', ['-x', resolve('test/e2e/old-script.sh')], {
    cwd: product.home,
    env: {
      PATH: `${join(product.home, 'bin')}:${process.env.PATH}`,
      HOME: product.home,
      AURORA_CONFIG_ROOT: join(product.home, 'etc'),
      LOGNAME: 'tester',
      TZ: 'UTC',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += chunk));
  child.stderr.on('data', (chunk) => (said.stderr += chunk));
  const code = await new Promise((done) => child.once('close', done));
  assert.is(code, 0, `it ended with ${code}\n${said.stderr.slice(-3_000)}`);
  assert.match(said.stdout, /all done\n$/);
}, 300_000);

test.run();
