// Prepares a clone for running: checks the version of Node, installs packages, and builds when the sources are newer.
// This runs before anything is installed, so it uses only Node itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, ROOT } from './files.js';

const OLDEST_NODE = [20, 19];

/** Ends the program with a message that tells the user what to do. */
export function giveUp(text) {
  console.error(`aurora: ${text}`);
  process.exit(1);
}

/** Runs a program and shows its output only when it fails. */
export function run(what, program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', ...options });
  if (done.error) giveUp(`${what}: cannot run ${program}: ${done.error.message}`);
  if (done.status !== 0) giveUp(`${what} failed:\n${done.stdout ?? ''}${done.stderr ?? ''}`);
  return done;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    giveUp(`Node ${process.versions.node} is too old; install Node ${OLDEST_NODE.join('.')} or later`);
  }
}

const stampOf = (paths) => {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  return hash.digest('hex');
};

const readStamp = (path) => (existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '');

function writeStamp(path, stamp) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), stamp);
}

/** Installs exactly what the lock file pins, unless node_modules was installed from this very lock file. */
function install(say) {
  const stampFile = 'node_modules/.aurora-lock';
  const stamp = stampOf(['package.json', 'package-lock.json', '.npmrc']);
  if (readStamp(stampFile) === stamp) return;
  say('installing packages');
  run('npm ci', 'npm', ['ci', '--include=dev', '--no-progress']);
  writeStamp(stampFile, stamp);
}

/** The file that records what dist/ was built from. */
export const STAMP_FILE = '.aurora-sources';

/** A digest of what dist/ is built from: the sources, the build scripts and the lock file. */
export const sourcesStamp = () =>
  stampOf([
    ...filesBelow('src', /./),
    ...filesBelow('scripts', /\.c?js$/),
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.web.json',
    'tsconfig.types.json',
  ]);

/** Builds dist/ when anything has changed that it is built from. */
function build(say) {
  if (readStamp(join('dist', STAMP_FILE)) === sourcesStamp()) return;
  say('building');
  run('build', process.execPath, ['scripts/build.js']);
}

/** @param say is told about every step that takes time */
export function prepare(say = (text) => console.error(`aurora: ${text} ...`)) {
  checkNode();
  install(say);
  build(say);
  if (!statSync(join(ROOT, 'dist'), { throwIfNoEntry: false })) giveUp('the build left no dist folder');
}
