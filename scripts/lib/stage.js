// Where a build happens: a folder that looks like the installed package, so that what was built can already run. Only
// what is complete takes the place of dist/, so that other builds and running programs never see half of it.
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './files.js';

const CACHE = join(ROOT, '.cache');
const NAME = /^build-(\d+)$/;

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Removes what builds left behind that were killed. */
function removeAbandoned() {
  for (const name of readdirSync(CACHE)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/** The folder to build into, and what puts it into the place of dist/. */
export function stage() {
  const home = join(CACHE, `build-${process.pid}`);
  mkdirSync(CACHE, { recursive: true });
  removeAbandoned();
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, 'dist'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(home, 'package.json'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const dist = join(home, 'dist');
  return { dist, finish: () => takePlace(dist, join(ROOT, 'dist'), join(home, 'former')) };
}

/** Another build may put its own there between the two renames; then that one is replaced. */
function takePlace(from, to, former) {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(to, `${former}-${attempt}`);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code) || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

const MOST_ATTEMPTS = 20;
