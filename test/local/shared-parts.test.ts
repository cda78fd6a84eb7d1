import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { sharedParts } from '../../src/local/master/shared-parts.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('parts that equal tasks share');

/** Few different names and values, so that equal ones and nearly equal ones are frequent. */
const { part } = fc.letrec<{ value: unknown; part: object }>((tie) => ({
  value: fc.oneof(fc.constantFrom(0, 1, '', 'a', null, true), tie('part')),
  part: fc.oneof(
    { maxDepth: 3 },
    fc.dictionary(fc.constantFrom('a', 'b', '0', 'length'), tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));

const plain = (value: object) => JSON.parse(JSON.stringify(value)) as object;

test('equal parts become one object, different ones never do', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 30 }), (parts) => {
      const shared = sharedParts();
      const copies = parts.map(plain);
      const results = copies.map(shared);
      for (const [at, result] of results.entries()) {
        assert.ok(isDeepStrictEqual(result, plain(parts[at] as object)), 'what comes back is equal');
        const text = JSON.stringify(copies[at]);
        const first = copies.findIndex((other) => JSON.stringify(other) === text);
        assert.ok(result === results[first], `${text} is one object`);
      }
    }),
    { numRuns: 500 },
  );
});

test('a part that was looked up long ago is still shared', () => {
  const shared = sharedParts();
  const first = shared({ n: 0 });
  for (let n = 1; n < 100; n++) shared({ n });
  assert.ok(shared({ n: 0 }) === first);
});

test.run();
