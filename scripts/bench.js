// `npm run bench -- NAME ...` runs bench/NAME.ts; without a name, all of them, one after the other.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { filesBelow, ROOT } from './lib/files.js';
import { giveUp, prepare } from './lib/prepare.js';

const all = filesBelow('bench', /^bench\/[^/]+\.ts$/).map((path) => basename(path, '.ts'));
const known = all.filter((name) => name !== 'harness');
const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('--'));
const flags = args.filter((arg) => arg.startsWith('--'));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) giveUp(`no benchmark ${unknown.join(', ')}; there are: ${known.join(', ')}`);

prepare();
let failed = false;
for (const name of names.length > 0 ? names : known) {
  console.log(`\n# ${name}`);
  const done = spawnSync(
    process.execPath,
    ['--import', './scripts/ts-loader.js', `bench/${name}.ts`, ...flags],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  failed ||= done.status !== 0;
}
process.exit(failed ? 1 : 0);
