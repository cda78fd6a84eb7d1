// Comments and pages send a reader to other files of this repository: those have to be there.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { filesBelow, ROOT } from './files.js';

const PLACES = ['src', 'test', 'bench', 'scripts', 'docs', 'examples', 'templates'];
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const TEXT = /\.(?:ts|tsx|js|md)$/;
/** Recorded facts, with references of their own. */
const RECORDED = /^test\/golden\//;

/** A page, a test, or anything in a folder that was only beside the repository. */
const REFERENCE =
  /(?<![\w./:-])(?:\.{0,2}\/)?(?:[\w-]+\/)*[\w-]+\.md\b|(?<![\w./:-])(?:[\w-]+\/)+[\w-]+\.test\.ts\b|(?<![\w./-])(?:\.\.\/)?shared\/[\w-]+\/[\w./-]+/g;

const candidates = (file, reference) => [
  join(ROOT, reference),
  join(ROOT, dirname(file), reference),
  join(ROOT, 'docs', reference),
  join(ROOT, 'test', reference),
];

/** One line a reference to a file that is not there. */
export function danglingReferences() {
  const files = [...PLACES.flatMap((place) => filesBelow(place, TEXT)), ...PAGES];
  return files.filter(isOurs).flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(REFERENCE)]
          .map(([reference]) => reference)
          .filter((reference) => !candidates(file, reference).some(existsSync))
          .map((reference) => `${file}:${index + 1} refers to ${reference}, which is not there`),
      ),
  );
}

const isOurs = (file) => !RECORDED.test(file) && basename(file) !== 'dangling-references.js';
