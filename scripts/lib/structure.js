// Rules for the structure of the source that no compiler checks. Each function takes the sources (path -> text) and
// returns one line for each violation.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesBelow, ROOT } from './files.js';

/** The rooms (folders of src/) by floor, from the roof down. Rooms on the same floor must not import each other. */
const FLOORS = [
  ['commands'],
  ['client', 'scheduler', 'executor', 'observer', 'local', 'migrate'],
  ['web'],
  ['dsl', 'mesos', 'zookeeper', 'proc', 'sandbox', 'tls'],
  ['api'],
  ['base'],
];

/** The one exception: mesos may import zookeeper, because it finds its masters there. */
const ALLOWED_SIDEWAYS = new Set(['mesos>zookeeper']);

/** Rooms that only compute, and never use the disk, the network, processes or the machine's clock. */
const PURE = new Set(['api', 'base']);
const IO_MODULE = /^node:(fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster)(\/|$)/;

/**
 * Vocabularies that are given from outside: the names of the API, of Mesos and of the configuration language, some of
 * which coincide. Our own types must not take names of the first two.
 */
const VOCABULARIES = {
  'the API': /^src\/api\/names\.ts$/,
  Mesos: /^src\/mesos\/messages\/types\.ts$/,
  language: /^src\/dsl\/(fields|language)\//,
};
const TAKEN_FOR_ALL = new Set(['the API', 'Mesos']);

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|\n\} from ['"]([^'"]+)['"]/g;
const EXPORTED_TYPE = /^export (?:declare )?(?:interface|type|class|enum) (\w+)/gm;

/** All sources of the house. */
export const sources = () =>
  new Map(filesBelow('src', /\.tsx?$/).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));

const importsOf = (text) => [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
const targetOf = (file, imported) => normalize(join(dirname(file), imported));

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

/** Imports may go down the floors, also skipping some, but never up or sideways; pure rooms do no I/O. */
export function climbingImports(files) {
  const problems = [];
  for (const [file, text] of files) {
    const room = roomOf(file);
    for (const imported of importsOf(text)) {
      if (imported.startsWith('.')) {
        const reason = objection(room, roomOf(targetOf(file, imported)));
        if (reason) problems.push(`${file} imports ${imported}: ${reason}`);
      } else if (PURE.has(room) && IO_MODULE.test(imported)) {
        problems.push(`${file} imports ${imported}: ${room} does no I/O`);
      }
    }
  }
  return problems;
}

/** No two files may import each other, not even types; what both need belongs in a third file. */
export function mutualImports(files) {
  const imports = new Map(
    [...files].map(([file, text]) => [
      file,
      new Set(
        importsOf(text)
          .filter((imported) => imported.startsWith('.'))
          .map((imported) => targetOf(file, imported)),
      ),
    ]),
  );
  const problems = [];
  for (const [file, targets] of imports)
    for (const target of targets)
      if (file < target && imports.get(target)?.has(file))
        problems.push(`${file} and ${target} import each other`);
  return problems;
}

const vocabularyOf = (file) => Object.entries(VOCABULARIES).find(([, paths]) => paths.test(file))?.[0];

/** No two files may export types of the same name, so that a name identifies its type. */
export function doubledTypeNames(files) {
  const owners = new Map();
  const given = new Map();
  for (const [file, text] of files) {
    const vocabulary = vocabularyOf(file);
    if (!vocabulary) continue;
    if (TAKEN_FOR_ALL.has(vocabulary))
      for (const [, name] of text.matchAll(EXPORTED_TYPE)) given.set(name, vocabulary);
  }
  const problems = [];
  for (const [file, text] of files) {
    if (vocabularyOf(file)) continue;
    for (const [, name] of text.matchAll(EXPORTED_TYPE)) {
      const other = owners.get(name);
      if (given.has(name)) problems.push(`${file} exports type ${name}, a name of ${given.get(name)}`);
      else if (other && other !== file) problems.push(`${file} and ${other} both export type ${name}`);
      owners.set(name, file);
    }
  }
  return problems;
}
