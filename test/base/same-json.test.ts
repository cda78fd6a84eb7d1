import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { isSameJson } from '../../src/base/same-json.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('equal JSON values');

/** Few different names and values, so that equal values and nearly equal ones are frequent. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(0, 1, '', 'a', null, true),
    fc.dictionary(fc.constantFrom('a', 'b', '0', 'length', '__proto__'), tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));

const plain = (one: unknown): unknown => JSON.parse(JSON.stringify(one));

test('are those that Node calls deeply equal', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [one, other] = [plain(a), plain(b)];
      assert.is(isSameJson(one, other), isDeepStrictEqual(one, other));
      assert.ok(isSameJson(one, plain(a)));
    }),
    { numRuns: 3_000 },
  );
});

test('a member by the name __proto__ is one like any other', () => {
  const odd = JSON.parse('{"__proto__":{}}');
  assert.not(isSameJson(odd, { a: 0 }));
  assert.not(isSameJson({ a: 0 }, odd));
  assert.ok(isSameJson(odd, JSON.parse('{"__proto__":{}}')));
  assert.not(isSameJson(odd, JSON.parse('{"__proto__":{"b":1}}')));
});

test.run();
