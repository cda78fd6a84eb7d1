import type { IncomingMessage } from 'node:http';
import { type Answer, MAX_TEXT_BYTES } from './target.ts';

/** Collects an answer's body. Calls `done` once: with the answer, or with the error that cut it short. */
export function readAnswer(response: IncomingMessage, done: (answer: Answer | Error) => void): void {
  const parts: Buffer[] = [];
  let kept = 0;
  response.on('data', (part: Buffer) => {
    if (kept < MAX_TEXT_BYTES) parts.push(part.subarray(0, MAX_TEXT_BYTES - kept));
    kept += part.length;
  });
  response.on('error', done);
  response.on('end', () =>
    done({
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: Buffer.concat(parts).toString('utf8'),
    }),
  );
}
