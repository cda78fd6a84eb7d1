#!/usr/bin/env node
// Starts the built program. Every command has a bundle of its own, so that a command costs what it needs and nothing
// of the others; V8's code cache beside it saves compiling it. This file is CommonJS because Node starts that faster.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const words = process.argv.slice(2);
const folder = join(__dirname, '..', 'dist', 'cli');

/** The bundle's text; undefined when there is none of that name. */
function read(name) {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Bundles that the words can mean, the best first; help is for the one that knows all commands. */
function candidates() {
  const wantsHelp = words.some((word) => word === '-h' || word === '--help');
  const name = words.slice(0, 2);
  const own = wantsHelp
    ? []
    : [name.join('-'), name[0] ?? ''].filter((text) => /^[a-z]+([-_][a-z]+)*$/.test(text));
  return [...own, 'aurora'];
}

/** Loads for a bundle what it names: a module of Node, a package, or a file as seen from the bundle's folder. */
const load = (name) => require(name.startsWith('.') ? join(folder, name) : name);
// Packages in the bundles look at these. The complete function of node:module costs every start a millisecond.
Object.assign(load, { main: require.main, resolve: require.resolve, extensions: require.extensions });

function start() {
  for (const name of candidates()) {
    const source = read(`${name}.cjs`);
    if (source === undefined) continue;
    const filename = join(folder, `${name}.cjs`);
    // a cache of another V8 is refused by V8 itself, and the text is compiled
    const script = new Script(source.toString('latin1'), {
      filename,
      cachedData: read(`${name}.cache`),
    });
    const module = { exports: {} };
    script.runInThisContext()(module.exports, load, module, filename, folder);
    return module.exports.start(words);
  }
  console.error(`aurora: ${folder} holds no program; build it with npm run build`);
  process.exitCode = 1;
}

start();
