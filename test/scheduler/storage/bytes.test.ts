import fc from 'fast-check';
import { byteReader, byteWriter } from '../../../src/scheduler/storage/bytes.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('bytes of records');
const LIMIT = 2 ** 52;

test('what is written is read', () => {
  const number = fc.oneof(fc.integer({ min: -LIMIT, max: LIMIT }), fc.constantFrom(-LIMIT, LIMIT, 0, -1));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, fc.string({ unit: 'binary' }))), (values) => {
      const out = byteWriter();
      for (const [value, text] of values) {
        out.int(value);
        out.text(text);
      }
      const reader = byteReader(out.take());
      for (const [value, text] of values) {
        assert.is(reader.int(), value);
        assert.is(reader.text(), text);
      }
      assert.ok(reader.done());
    }),
  );
});

test('a number that does not end is refused, also as the length of a text', () => {
  // So many digits add up to nothing that a position can be compared with.
  const endless = Buffer.concat([Buffer.alloc(160, 0x80), Buffer.alloc(8)]);
  for (const read of ['int', 'text', 'bytes'] as const)
    assert.throws(() => byteReader(endless)[read](), /a number at 0 has more than 8 bytes/);
});

test.run();
