// House rule: an import may go down the floors of the house, skipping some, and never climb or go sideways.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, ROOT } from './files.js';

/** Floors from the roof down; rooms on one floor do not import one another. */
const FLOORS = [
  ['commands'],
  ['client', 'scheduler', 'executor', 'observer', 'local', 'migrate'],
  ['web'],
  ['dsl', 'mesos', 'zookeeper', 'proc'],
  ['api'],
  ['base'],
];

/** mesos finds its masters in ZooKeeper: the one step sideways, in this direction only. */
const ALLOWED_SIDEWAYS = new Set(['mesos>zookeeper']);

/** Rooms that compute and never touch disk, network, processes or the machine's clock. */
const PURE = new Set(['api', 'base']);
const IO_MODULE = /^node:(fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster)(\/|$)/;

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|\n\} from ['"]([^'"]+)['"]/g;

const floorOf = (room) => FLOORS.findIndex((rooms) => rooms.includes(room));
const roomOf = (path) => path.split('/')[1] ?? '';

/** Why `from` may not import `to`, both rooms of src/; undefined when it may. */
function objection(from, to) {
  if (from === to || ALLOWED_SIDEWAYS.has(`${from}>${to}`)) return undefined;
  if (floorOf(from) < 0) return `${from} is no room of the house`;
  if (floorOf(to) < 0) return `${to} is no room of the house`;
  if (floorOf(from) === floorOf(to)) return `${from} and ${to} are on one floor`;
  return floorOf(from) > floorOf(to) ? `${to} is above ${from}` : undefined;
}

/** One line for every import in src/ that breaks the direction, or does I/O in a pure room. */
export function climbingImports() {
  const problems = [];
  for (const file of filesBelow('src', /\.tsx?$/)) {
    const room = roomOf(file);
    for (const match of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? match[3] ?? '';
      if (target.startsWith('.')) {
        const reason = objection(room, roomOf(relative(ROOT, join(ROOT, dirname(file), target))));
        if (reason) problems.push(`${file} imports ${target}: ${reason}`);
      } else if (PURE.has(room) && IO_MODULE.test(target)) {
        problems.push(`${file} imports ${target}: ${room} does no I/O`);
      }
    }
  }
  return problems;
}
