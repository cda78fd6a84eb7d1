import type { Socket } from 'node:net';
import type { RequestMemory, StoredRequest } from './request-memory.ts';

/** Writes requests one after the other, those that lie beside each other at once. */
export function writeCalls(socket: Socket, memory: RequestMemory, requests: readonly StoredRequest[]): void {
  socket.cork();
  for (let at = 0; at < requests.length; ) {
    const { block, start } = requests[at] as StoredRequest;
    let { end } = requests[at++] as StoredRequest;
    for (let next = requests[at]; next?.block === block && next.start === end; next = requests[++at])
      end = next.end;
    memory.hold(block);
    socket.write(block.bytes.subarray(start, end), () => memory.release(block));
  }
  socket.uncork();
}
