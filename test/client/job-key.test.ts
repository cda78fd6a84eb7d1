import fc from 'fast-check';
import { AuroraError } from '../../src/base/errors.ts';
import { matchesGlob } from '../../src/client/glob.ts';
import {
  isExact,
  jobKeyText,
  parseInstanceKey,
  parseInstances,
  parseJobKey,
  parseWildcardKey,
} from '../../src/client/job-key.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('job keys');

const refuses = (read: () => unknown) =>
  assert.throws(read, (error: unknown) => error instanceof AuroraError && error.code === 'USAGE');

test('a job key has four parts, of identifiers', () => {
  assert.is(
    jobKeyText(parseJobKey('west/dev-prod/Dev_prod-/.devprod..')),
    'west/dev-prod/Dev_prod-/.devprod..',
  );
  for (const text of [
    '',
    'a',
    'a/b/c',
    'a/b/c/d/e',
    'a/b/c/',
    'a/b/c/d e',
    'a/b/c/d\n',
    'a/ b/c/d',
    'a/b/c/ö',
  ])
    refuses(() => parseJobKey(text));
});

test('instances are numbers and ranges, sorted, each once', () => {
  assert.equal(parseInstances('0-3'), [0, 1, 2, 3]);
  assert.equal(parseInstances('4,1-2,0-0'), [0, 1, 2, 4]);
  assert.equal(parseInstances('0,1-3,5,2'), [0, 1, 2, 3, 5]);
  for (const text of ['', 'all', '4-1', '1-2-3', '-1', '1,', '0-99999999999'])
    refuses(() => parseInstances(text));
});

test('an instance key without instances, or with a slash at the end, means all of them', () => {
  assert.equal(parseInstanceKey('a/b/c/d/1-2').instances, [1, 2]);
  assert.is(parseInstanceKey('a/b/c/d').instances, undefined);
  assert.is(parseInstanceKey('a/b/c/d/').instances, undefined);
  for (const text of ['', 'a/b/c', 'a/b/c/d/0/1']) refuses(() => parseInstanceKey(text));
});

test('missing parts of a wildcard key are stars', () => {
  assert.is(jobKeyText(parseWildcardKey('west')), 'west/*/*/*');
  assert.is(jobKeyText(parseWildcardKey('west/web/p*')), 'west/web/p*/*');
  assert.is(isExact(parseWildcardKey('west/web/test')), false);
  assert.is(isExact(parseWildcardKey('west/web/test/api')), true);
  for (const text of ['a/b/c/d/e', 'a/b c', 'a//c/d']) refuses(() => parseWildcardKey(text));
});

test('wildcards are those of a shell', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*', 'anything', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abbd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[ab]x', 'bx', true],
    ['[!ab]x', 'bx', false],
    ['[a-c]x', 'bx', true],
    ['a.c', 'abc', false],
    ['a[', 'a[', true],
    ['(x', '(x', true],
  ];
  for (const [pattern, text, fits] of cases)
    assert.is(matchesGlob(pattern, text), fits, `${pattern} and ${text}`);
});

test('a pattern without wildcards fits itself only, and no pattern breaks the matching', () => {
  const identifier = fc.stringMatching(/^[\w\-.]{1,8}$/);
  fc.assert(
    fc.property(identifier, identifier, (pattern, text) => {
      assert.is(matchesGlob(pattern, text), pattern === text);
    }),
  );
  fc.assert(fc.property(fc.string(), fc.string(), (pattern, text) => void matchesGlob(pattern, text)));
});

test.run();
