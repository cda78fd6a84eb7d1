import fc from 'fast-check';
import { recordBlocks } from '../../src/local/master/http/record-blocks.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('memory of long records');

const textOf = (blocks: ReturnType<ReturnType<typeof recordBlocks>['fill']>['blocks']) =>
  Buffer.concat(blocks.map(({ memory, length }) => memory.subarray(0, length))).toString();

test('a record is the text of its pieces, however long they are, in memory that is used again', () => {
  const pool = recordBlocks();
  const piece = fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.constantFrom(1, 100, 60_000))
    .map(([text, times]) => text.repeat(times))
    .chain((text) => fc.constantFrom(text, Buffer.from(text)));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const { blocks, bytes } = pool.fill(pieces);
      const expected = pieces.join('');
      // Not assert.is: it would show how texts of megabytes differ.
      assert.ok(textOf(blocks) === expected);
      assert.is(bytes, Buffer.byteLength(expected));
      for (const { memory } of blocks) pool.release(memory);
    }),
    { numRuns: 50 },
  );
  const first = pool.fill(['a']).blocks[0]?.memory as Buffer;
  assert.not(pool.fill(['b']).blocks[0]?.memory === first, 'it is not released yet');
  pool.release(first);
  assert.is(pool.fill(['c']).blocks[0]?.memory, first);
});

test('its memory does not make V8 collect the whole heap', () => {
  const pool = recordBlocks();
  const before = process.memoryUsage().external;
  const held = pool.fill(Array.from({ length: 32 }, () => 'a'.repeat(300_000)));
  const counted = process.memoryUsage().external - before;
  assert.ok(held.bytes > 9e6 && counted < 1e6, `${counted} bytes counted of ${held.bytes}`);
});

test('what is more than it keeps is counted, so that V8 frees it', () => {
  const pool = recordBlocks();
  const held = Array.from({ length: 120 }, () => pool.fill(['a']).blocks[0]?.memory as Buffer);
  const isCounted = (memory: Buffer) => !(memory.buffer instanceof SharedArrayBuffer);
  assert.is(held.filter(isCounted).length, 24);
  for (const memory of held) pool.release(memory);
  const again = Array.from({ length: 96 }, () => pool.fill(['b']).blocks[0]?.memory as Buffer);
  assert.not(again.some(isCounted));
  assert.is(new Set(again).size, 96);
});

test.run();
