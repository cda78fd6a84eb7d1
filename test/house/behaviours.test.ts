/**
 * The list of behaviours that are worth a test, test/golden/behaviours.json, against the names of tests: each has to be
 * said by one, `Area: behaviour` at the beginning of its name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';

interface Row {
  readonly area: string;
  /** The row as it stands in the list. */
  readonly row: string;
  /** What is behind its commas, each as the beginning of a test's name. */
  readonly names: readonly string[];
}

const TESTS = join(import.meta.dirname, '..');
const ROWS: readonly Row[] = JSON.parse(readFileSync(join(TESTS, 'golden/behaviours.json'), 'utf8'));

const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith('house'))
  .map((file) => readFileSync(join(TESTS, file), 'utf8'));

const wordsOf = (text: string): Set<string> => new Set(text.match(/[\w*@≤→<>%-]+/g) ?? []);

const test = suite('behaviours with a test of their name');

for (const { area, row, names } of ROWS)
  test(`${area}: ${row}`, () => {
    const missing = names.filter((name) =>
      sources.every(
        (source) => !["'", '`', '"'].some((quote) => source.includes(`${quote}${area}: ${name}`)),
      ),
    );
    assert.equal(missing, []);
    const told = wordsOf(names.join(' '));
    assert.equal(
      [...wordsOf(row)].filter((word) => word !== 'and' && !told.has(word)),
      [],
      'every word of the row is in a name',
    );
    count('behaviours with a test of their name', names.length);
  });

test.run();
