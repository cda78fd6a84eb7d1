// `node warm-bundle.cjs FOLDER NAME WORDS...` runs FOLDER/NAME.cjs as bin/aurora.js does, and writes its code cache at
// the end. `--load-only` instead of words runs no command.
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [folder, name, ...words] = process.argv.slice(2);
const filename = join(folder, `${name}.cjs`);
const script = new Script(readFileSync(filename, 'latin1'), { filename });
process.on('exit', () => writeFileSync(join(folder, `${name}.cache`), script.createCachedData()));
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, createRequire(filename), module_, filename, folder);
if (words[0] !== '--load-only') module_.exports.start(words);
