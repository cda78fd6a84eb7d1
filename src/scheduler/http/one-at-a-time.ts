import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** The maximum number of requests of a connection that may wait; no client that we know sends so many ahead. */
const MOST_WAITING = 1_000;

/**
 * Handles the requests of a connection one after another, in the order they came. So a client that pipelines many
 * requests makes us prepare and hold only one reply at a time. A client that goes on sending far ahead is cut off.
 */
export function oneAtATime(answer: RequestListener): RequestListener {
  /** Requests that wait, for each connection on which a request is being handled. */
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
    if (others) {
      if (others.length >= MOST_WAITING) socket.destroy();
      else others.push(run);
    } else {
      waiting.set(socket, []);
      run();
    }
  };
}
