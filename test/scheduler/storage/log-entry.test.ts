/** Entries of the log in ZooKeeper whose checksum is right and whose pieces are not: a fault of a writer. */

import { byteWriter } from '../../../src/scheduler/storage/bytes.ts';
import { packer, sealed, unpacker } from '../../../src/scheduler/storage/log/zookeeper/entry.ts';
import { KIND, writeHead } from '../../../src/scheduler/storage/record-format.ts';
import { OP } from '../../../src/scheduler/storage/store-table.ts';
import { memoryTables } from '../../../src/scheduler/storage/tables.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('entries of the log in ZooKeeper');

const HEAD_BYTES = 13;

function entryOf(...records: string[]): Buffer {
  const pack = packer(1000);
  for (const record of records) pack.add(Buffer.from(record));
  return pack.take(1, 1).entry;
}
const reason = (entry: Buffer): string => {
  const read = unpacker().feed(sealed(entry), 1);
  return 'reason' in read ? read.reason : `${read.length} records`;
};

test('a piece that is longer than the entry, cut in its head or of an unknown kind is a fault with its place', () => {
  assert.is(reason(entryOf('abc', 'd')), '2 records');
  const long = entryOf('abc');
  long.writeUInt32LE(4, HEAD_BYTES + 1);
  assert.is(reason(long), 'the entry ends inside a piece');
  const huge = entryOf('abc');
  huge.writeUInt32LE(0xffff_ffff, HEAD_BYTES + 1);
  assert.is(reason(huge), 'the entry ends inside a piece');
  assert.is(
    reason(Buffer.concat([entryOf('abc'), Buffer.from([0, 0])])),
    'the entry ends inside the head of a piece',
  );
  const odd = entryOf('abc');
  odd.writeUInt8(4, HEAD_BYTES);
  assert.is(reason(odd), 'a piece of kind 4 is not known to this version');
});

test('a record that speaks of what is not there is a fault of the log, not of this program', () => {
  const out = byteWriter();
  writeHead(out, { kind: KIND.changes, madeMs: 0, number: 1 });
  out.u8(OP.addInstanceEvent);
  out.text('www/prod/web/none');
  out.bytes(new Uint8Array(8));
  assert.throws(
    () => memoryTables().replay(out.take()),
    (error: Error & { code?: string }) => error.code === 'STORAGE',
  );
});

test.run();
