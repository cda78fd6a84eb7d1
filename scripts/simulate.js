// `npm run simulate -- --seeds N --seed S --trace`: the whole scheduler on a virtual clock; test/simulation/main.ts.
import { spawnSync } from 'node:child_process';
import { ROOT } from './lib/files.js';

const done = spawnSync(
  process.execPath,
  ['--import', './scripts/ts-loader.js', 'test/simulation/main.ts', ...process.argv.slice(2)],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exit(done.status ?? 1);
