import fc from 'fast-check';
import { isWrittenBase64 } from '../../src/mesos/base64-form.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('the form of base64');

const isSameAgain = (text: string) => Buffer.from(text, 'base64').toString('base64') === text;

const ALPHABET = [...'ABQgwZaz059+/=-_ \n.é☃'];

test('what was written is accepted, whatever its length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.ok(isWrittenBase64(Buffer.from(bytes).toString('base64')));
    }),
  );
  assert.ok(isWrittenBase64(Buffer.alloc(100_000, 7).toString('base64')), 'longer than the scratch buffer');
});

test('any other text is accepted just when decoding and encoding gives it again', () => {
  const texts = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 12 }).map((all) => all.join(''));
  fc.assert(
    fc.property(texts, (text) => assert.is(isWrittenBase64(text), isSameAgain(text))),
    { numRuns: 2_000 },
  );
});

test('one wrong character in a long text is noticed', () => {
  const written = Buffer.alloc(90, 0x5a).toString('base64');
  fc.assert(
    fc.property(fc.nat(written.length - 1), fc.constantFrom(...ALPHABET), (at, character) => {
      const text = written.slice(0, at) + character + written.slice(at + 1);
      assert.is(isWrittenBase64(text), isSameAgain(text));
    }),
    { numRuns: 2_000 },
  );
});

test.run();
