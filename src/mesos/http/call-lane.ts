import { Agent, request } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import { readAnswer } from './answer.ts';
import { type Answer, nameOf, type Post, requestOptions } from './target.ts';

/** Sends calls over connections that stay open. */
export interface CallLane {
  /**
   * Sends one call and waits for its answer, whatever its status.
   * @throws AuroraError MESOS (as a rejection) when no answer came: refused, reset, too late, or the lane was closed. The
   * call may have arrived all the same.
   */
  post(post: Post): Promise<Answer>;
  /** Ends the connections; calls that wait for an answer are rejected. */
  close(): void;
}

export interface CallLaneOptions {
  readonly clock: Clock;
  /** From sending to the end of the answer, waiting for a free connection included. */
  readonly timeoutMs: number;
  /** With 1 calls arrive in the order in which they were sent; each waits for the answer of the one before. */
  readonly connections: number;
}

/**
 * We close an idle connection before a server does: a call sent into its closing would fail, and must not be repeated as
 * nobody knows whether it arrived. Node's own servers close after 5 s, Mesos never.
 */
const IDLE_MS = 2_000;

export function callLane({ clock, timeoutMs, connections }: CallLaneOptions): CallLane {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo', timeout: IDLE_MS });
  const waiting = new Set<(reason: string) => void>();

  const post = (call: Post): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const where = nameOf(call.target);
      const outgoing = request({ ...requestOptions(call), agent });
      const settle = () => {
        timer.cancel();
        waiting.delete(fail);
      };
      const fail = (reason: string, cause?: unknown) => {
        settle();
        reject(new AuroraError('MESOS', `no answer to a call: ${reason}`, { where, cause }));
        outgoing.destroy();
      };
      const timer = clock.after(timeoutMs, () => fail(`not within ${timeoutMs} ms`));
      waiting.add(fail);
      outgoing.on('error', (error) => fail(error.message, error));
      outgoing.on('response', (response) =>
        readAnswer(response, (answer) => {
          if (answer instanceof Error) return fail(answer.message, answer);
          settle();
          resolve(answer);
        }),
      );
      outgoing.end(call.body);
    });

  return {
    post,
    close() {
      for (const fail of [...waiting]) fail('the connection was given up');
      agent.destroy();
    },
  };
}
