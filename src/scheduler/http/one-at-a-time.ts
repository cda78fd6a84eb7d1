import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Handles the requests of a connection one after another, in the order they came. So a client that pipelines many
 * requests makes us prepare and hold only one reply at a time.
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
    if (others) others.push(run);
    else {
      waiting.set(socket, []);
      run();
    }
  };
}
