/** Cuts a stream into ZooKeeper's packets: four bytes of length, then as many bytes. */

/** Far above what a server sends: a list of a million children has some 20 MB. */
const MAX_PACKET_BYTES = 256 << 20;

/**
 * A function that takes bytes as they come and gives the packets that are complete, lengths included. The library gets one
 * packet at a time from it: given many, it calls itself for each and copies all that follow it every time.
 * @throws Error when the bytes are no packets; nothing can be read after that.
 */
export function packetReader(): (bytes: Buffer) => Buffer[] {
  let parts: Buffer[] = [];
  let heldBytes = 0;
  /** Of the packet that has begun, length included; 4 until the length is known. */
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
      if (length < 0 || length > MAX_PACKET_BYTES) throw new Error(`a packet of ${length} bytes`);
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
