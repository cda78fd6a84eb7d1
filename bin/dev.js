#!/usr/bin/env node
// aurora from its sources, without a build: for working on it.
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const root = join(__dirname, '..');
const from = (path) => import(pathToFileURL(join(root, path)).href);

process.execArgv.push('--import', join(root, 'scripts/ts-loader.js'));
from('scripts/ts-loader.js')
  .then(() => Promise.all([from('src/commands/main.ts'), from('src/commands/outside.ts')]))
  .then(([{ main }, { thisProcess }]) => main(process.argv.slice(2), thisProcess()))
  .then((code) => process.exit(code));
