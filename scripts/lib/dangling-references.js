// Finds references to other files of this repository, in comments and pages, whose file does not exist.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { filesBelow, ROOT } from './files.js';

const PLACES = ['src', 'test', 'bench', 'scripts', 'docs', 'examples', 'templates'];
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const TEXT = /\.(?:ts|tsx|js|md)$/;
/** Recorded data, whose references are not ours. */
const RECORDED = /^test\/golden\//;

/** References to a page or a test, or to a folder that was never part of the repository. */
const REFERENCE =
  /(?<![\w./:-])(?:\.{0,2}\/)?(?:[\w-]+\/)*[\w-]+\.md\b|(?<![\w./:-])(?:[\w-]+\/)+[\w-]+\.test\.ts\b|(?<![\w./-])(?:\.\.\/)?shared\/[\w-]+\/[\w./-]+/g;

const candidates = (file, reference) => [
  join(ROOT, reference),
  join(ROOT, dirname(file), reference),
  join(ROOT, 'docs', reference),
  join(ROOT, 'test', reference),
];

/** One line for each reference to a file that does not exist. */
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
