import { AuroraError } from '../base/errors.ts';

/** Splits a byte stream into ZooKeeper's packets: four bytes of length, then that many bytes. */

/** Far more than a server sends: a list of a million children takes about 20 MB. */
const MAX_PACKET_BYTES = 256 << 20;

/**
 * Returns a function that takes bytes as they arrive and returns the packets that are complete, with their lengths.
 * Pass the library one packet at a time: given several, it recurses for each and copies all that follow every time.
 * @throws AuroraError ZOOKEEPER when the bytes are no packets; nothing can be read after that
 */
export function packetReader(): (bytes: Buffer) => Buffer[] {
  let parts: Buffer[] = [];
  let heldBytes = 0;
  /** Size of the packet that has begun, including its length field; 4 until the length is known. */
  let wantedBytes = 4;

  return (bytes) => {
    parts.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes < wantedBytes) return [];
    const packets: Buffer[] = [];
    let rest = parts.length === 1 ? bytes : Buffer.concat(parts, heldBytes);
    for (;;) {
      wantedBytes = 4;
      if (rest.length < 4) break;
      const length = rest.readInt32BE(0);
      if (length < 0 || length > MAX_PACKET_BYTES)
        throw new AuroraError('ZOOKEEPER', `a packet of ${length} bytes`, {
          next: 'check what answers at this address',
        });
      wantedBytes = length + 4;
      if (rest.length < wantedBytes) break;
      packets.push(rest.subarray(0, wantedBytes));
      rest = rest.subarray(wantedBytes);
    }
    parts = [rest];
    heldBytes = rest.length;
    return packets;
  };
}
