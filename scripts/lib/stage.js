// A build happens in a folder that looks like the installed package, so that what was built can already run. It only
// replaces dist/ when it is complete, so other builds and running programs never see a part of it.
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

/** Removes the folders of builds that were killed. */
function removeAbandoned() {
  for (const name of readdirSync(CACHE)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/** Returns the folder to build into, and a function that moves the result to dist/. */
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

/** Moves the build to its place. Another build may do the same between the two renames; then that one is replaced. */
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
