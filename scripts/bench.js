// `npm run bench -- NAME ...` runs bench/NAME.ts; without a name, all of them, one after the other.
// `--curve` also prints the cost at 1, 10 and 100 times the size, for benches that support it. `--save=FILE` appends
// the figures to a file, one a line. `npm run bench -- compare OLD NEW` reports which figures of two such files differ
// beyond the noise.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { compared, comparisonText, figuresIn } from './lib/bench-compare.js';
import { filesBelow, ROOT } from './lib/files.js';
import { giveUp, prepare } from './lib/prepare.js';

function figuresOf(path) {
  try {
    const figures = figuresIn(readFileSync(path, 'utf8'));
    if (figures.length > 0) return figures;
  } catch (error) {
    giveUp(`cannot read ${path}: ${error.message}`);
  }
  return giveUp(`${path} holds no figures; write it with npm run bench -- NAME --save=${path}`);
}

/** Compares two files of figures; exits with 1 when something became worse. */
function compare([oldPath, newPath, ...rest]) {
  if (!oldPath || !newPath || rest.length > 0) giveUp('usage: npm run bench -- compare OLD NEW');
  const rows = compared(figuresOf(oldPath), figuresOf(newPath));
  if (rows.length === 0) giveUp('the two files have no figure in common');
  console.log(comparisonText(rows));
  process.exit(rows.some(({ verdict }) => verdict === 'worse') ? 1 : 0);
}

const all = filesBelow('bench', /^bench\/[^/]+\.ts$/).map((path) => basename(path, '.ts'));
const known = all.filter((name) => name !== 'harness');
const args = process.argv.slice(2);
if (args[0] === 'compare') compare(args.slice(1));
const names = args.filter((arg) => !arg.startsWith('--'));
const flags = args.filter((arg) => arg.startsWith('--') && !arg.startsWith('--save='));
const save = args.find((arg) => arg.startsWith('--save='))?.slice('--save='.length);
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
      env: save ? { ...process.env, BENCH_SAVE: resolve(save) } : process.env,
    },
  );
  failed ||= done.status !== 0;
}
process.exit(failed ? 1 : 0);
