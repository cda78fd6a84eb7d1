/**
 * Sends a growing file as a stream of server-sent events, for pages and for the client: `event: data` with `offset` and
 * `data` as JSON for every part, `event: truncated` when the file has become shorter than what was sent (a rotation),
 * `event: gone` as the last one when there is no file any more, and a comment after 15 s of silence, so that no proxy
 * takes the connection for dead.
 */
import type { Timer } from '../../base/clock.ts';
import { readInside } from '../files/chunk.ts';
import type { Observer } from '../observer.ts';

const LOOK_MS = 500;
const COMMENT_MS = 15_000;
const PART_BYTES = 64 * 1024;
/** How many events may wait for the reader; the file is not read on while there are that many. */
const MOST_UNREAD = 4;
/** How many bytes before the end are sent first when the request names no offset. */
const FROM_END_BYTES = 16 * 1024;
const MOST_TAILS = 200;

let open = 0;

export function tail(observer: Observer, sandbox: string, path: string, from: string | undefined): Response {
  if (from !== undefined && !/^\d+$/.test(from))
    return Response.json({ error: 'offset is a whole number' }, { status: 400 });
  if (open >= MOST_TAILS) return Response.json({ error: 'too many readers' }, { status: 503 });
  open++;
  const { clock } = observer;
  const encoder = new TextEncoder();
  let offset = from === undefined ? undefined : Number(from);
  let pending = Buffer.alloc(0);
  let timer: Timer | undefined;
  let closed = false;
  let quietMs = 0;

  const close = () => {
    if (closed) return;
    closed = true;
    timer?.cancel();
    open--;
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (event: string, data: object) =>
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        /** Sends whole characters only; the bytes of a character that is cut wait for the rest of it. */
        const take = (bytes: Buffer) => {
          const all = Buffer.concat([pending, bytes]);
          const cut = incompleteTail(all);
          pending = all.subarray(all.length - cut);
          const whole = all.subarray(0, all.length - cut);
          const at = (offset ?? 0) - bytes.length - (all.length - bytes.length);
          if (whole.length > 0) send('data', { offset: Math.max(0, at), data: whole.toString('utf8') });
        };
        const look = async () => {
          let waitMs = LOOK_MS;
          if ((controller.desiredSize ?? 0) > 0) {
            const read = await readInside(sandbox, path, offset ?? 0, offset === undefined ? 0 : PART_BYTES);
            if (closed) return;
            if (!read) {
              send('gone', {});
              controller.close();
              return close();
            }
            offset ??= Math.max(0, read.size - FROM_END_BYTES);
            if (read.size < offset) {
              send('truncated', { size: read.size });
              offset = 0;
              pending = Buffer.alloc(0);
            } else if (read.bytes.length > 0) {
              offset += read.bytes.length;
              take(read.bytes);
              quietMs = 0;
              waitMs = 0;
            } else if (offset < read.size) waitMs = 0;
          }
          quietMs += waitMs;
          if (quietMs >= COMMENT_MS) {
            controller.enqueue(encoder.encode(': still here\n\n'));
            quietMs = 0;
          }
          timer = clock.after(waitMs, () => void look().catch(() => close()));
        };
        void look().catch(() => close());
      },
      cancel: close,
    },
    { highWaterMark: MOST_UNREAD },
  );
  return new Response(body, {
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
  });
}

/** The number of bytes at the end that belong to an incomplete UTF-8 character. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
}
