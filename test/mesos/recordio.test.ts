import fc from 'fast-check';
import { encodeRecord } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { recordReader } from '../harness/record-reader.ts';

const test = suite('RecordIO');

test('gives the records back whatever way the stream was cut', () => {
  const records = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(records, cuts, (payloads, sizes) => {
      const stream = Buffer.concat(payloads.map(encodeRecord));
      const reader = recordReader();
      const read: Buffer[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] as number;
        read.push(...reader.feed(stream.subarray(at, at + size)));
        at += size;
      }
      assert.equal(
        read.map((record) => record.toString('hex')),
        payloads.map((payload) => Buffer.from(payload).toString('hex')),
      );
      assert.is(reader.pendingBytes(), 0);
    }),
  );
});

test('knows that it stands inside a record', () => {
  const reader = recordReader();
  assert.equal(reader.feed(Buffer.from('1')), []);
  assert.ok(reader.pendingBytes() > 0);
  assert.equal(reader.feed(Buffer.from('0\n12345')), []);
  assert.ok(reader.pendingBytes() > 0);
  assert.equal(reader.feed(Buffer.from('67890')).map(String), ['1234567890']);
  assert.is(reader.pendingBytes(), 0);
});

for (const bad of ['{"type"', '\n', '-1\nx', '1 \nx', '0x10\n', '12a\n', '1\r\nx'])
  test(`refuses ${JSON.stringify(bad)}, and everything after it`, () => {
    const reader = recordReader();
    assert.throws(() => reader.feed(Buffer.from(bad)), /the stream is not RecordIO/);
    assert.throws(() => reader.feed(Buffer.from('1\nx')), /the stream is not RecordIO/);
  });

test('refuses a record that is longer than allowed before it arrives', () => {
  const reader = recordReader({ maxBytes: 10 });
  assert.equal(reader.feed(Buffer.from('10\n0123456789')).length, 1);
  assert.throws(() => reader.feed(Buffer.from('11\n')), /a record of 11 bytes is longer than 10/);
  assert.throws(() => recordReader().feed(Buffer.from('9999999999999999999')), /not RecordIO/);
});

test('memory is taken for what has come of a record, not for what is announced', () => {
  const readers = Array.from({ length: 50 }, () => recordReader());
  const before = process.memoryUsage().arrayBuffers;
  for (const reader of readers) reader.feed(Buffer.from(`${64 * 2 ** 20}\nx`));
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown <= 50 * 5 * 2 ** 20, `${grown} bytes`);
  const whole = recordReader();
  const body = Buffer.alloc(9 * 2 ** 20, 'y');
  const records = [
    Buffer.from(`${body.length}\n`),
    body.subarray(0, 5),
    body.subarray(5, 6_000_000),
    body.subarray(6_000_000),
  ].flatMap((part) => whole.feed(part));
  assert.is(records.length, 1);
  assert.ok(records[0]?.equals(body));
});

test.run();
