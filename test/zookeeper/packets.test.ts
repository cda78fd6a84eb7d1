import fc from 'fast-check';
import { packetReader } from '../../src/zookeeper/packets.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('zookeeper packets');

const packetOf = (body: Uint8Array): Buffer => {
  const packet = Buffer.alloc(4 + body.length);
  packet.writeInt32BE(body.length);
  packet.set(body, 4);
  return packet;
};

test('come out whole, one by one, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (bodies, cuts) => {
        const packets = bodies.map(packetOf);
        const stream = Buffer.concat(packets);
        const read = packetReader();
        const seen: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const bytes = cuts[turn % cuts.length] as number;
          seen.push(...read(stream.subarray(at, at + bytes)));
          at += bytes;
        }
        assert.equal(
          seen.map((packet) => packet.toString('hex')),
          packets.map((packet) => packet.toString('hex')),
        );
      },
    ),
  );
});

test('a packet is given as soon as its last byte is there', () => {
  const read = packetReader();
  const packet = packetOf(Buffer.from('abc'));
  assert.equal(read(packet.subarray(0, 6)), []);
  assert.is(read(Buffer.concat([packet.subarray(6), packet.subarray(0, 3)])).length, 1);
  assert.is(read(packet.subarray(3)).length, 1);
});

test('what is no packet is refused', () => {
  assert.throws(() => packetReader()(Buffer.from('HTTP/1.1 400')), /a packet of \d+ bytes/);
  assert.throws(() => packetReader()(Buffer.from([0xff, 0xff, 0xff, 0xff])), /a packet of -1 bytes/);
});

test.run();
