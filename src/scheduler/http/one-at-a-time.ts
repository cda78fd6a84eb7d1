import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Answers the requests of a connection one after another, in the order in which they came: a client that sends many at
 * once has one answer made, and held for it, at a time.
 */
export function oneAtATime(answer: RequestListener): RequestListener {
  /** What waits on a connection where a request is being answered. */
  const waiting = new WeakMap<Socket, (() => void)[]>();
  return (incoming: IncomingMessage, outgoing) => {
    const { socket } = incoming;
    const run = () => {
      outgoing.once('close', () => {
        const next = waiting.get(socket)?.shift();
        if (next && !socket.destroyed) next();
        else waiting.delete(socket);
      });
      answer(incoming, outgoing);
    };
    const others = waiting.get(socket);
    if (others) others.push(run);
    else {
      waiting.set(socket, []);
      run();
    }
  };
}
