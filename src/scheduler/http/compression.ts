import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

const compress = promisify(gzip);

/** Smaller bodies are sent as they are: the gzip header would use up what compression saves. */
const MIN_BYTES = 256;

/** Whether Accept-Encoding allows gzip, by name or by `*`. `q=0` refuses it. An entry for gzip itself wins over `*`. */
export function wantsGzip(header: string | undefined): boolean {
  const wanted = new Map<string, boolean>();
  for (const part of (header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    wanted.set(name, !parameters.some((text) => /^q\s*=\s*0(\.0*)?$/.test(text)));
  }
  return wanted.get('gzip') ?? wanted.get('x-gzip') ?? wanted.get('*') ?? false;
}

/** Reads up to two chunks, to tell a body that is complete (one chunk) from one that is produced while it is sent. */
async function opened(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const first = await reader.read();
  const second = first.done ? first : await reader.read();
  return { reader, first: first.value ?? new Uint8Array(), second: second.value, more: !second.done };
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** The body with the chunks that `opened` read put back at its start. */
function rejoined({ reader, first, second }: Opened): ReadableStream<Uint8Array<ArrayBuffer>> {
  const held = [first, ...(second ? [second] : [])];
  return new ReadableStream({
    async pull(controller) {
      const next = held.shift() ?? (await reader.read()).value;
      if (next) controller.enqueue(next as Uint8Array<ArrayBuffer>);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/**
 * Long bodies are compressed for speed rather than size, in large pieces because each piece costs a turn of the event
 * loop.
 */
const LONG_BODY = { level: 1, chunkSize: 256 * 1024 };

function zipped(plain: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream {
  const gzip = createGzip(LONG_BODY);
  // When one end fails, for example because the client leaves, `pipeline` ends the other. The reader sees the error
  // itself.
  pipeline(Readable.fromWeb(plain as never), gzip, () => {});
  return Readable.toWeb(gzip) as ReadableStream;
}

/**
 * Gzips responses to GET and POST, off the event loop, for clients that accept it. Compressed requests are not
 * supported.
 */
export const gzipResponses: MiddlewareHandler = async (c, next) => {
  await next();
  const { method } = c.req;
  if ((method !== 'GET' && method !== 'POST') || !c.res.body || c.res.headers.has('Content-Encoding')) return;
  if (!wantsGzip(c.req.header('Accept-Encoding'))) return;
  // Event streams are not compressed: gzip would hold their events back until a block is full.
  if (c.res.headers.get('Content-Type')?.startsWith('text/event-stream')) return;
  const { status } = c.res;
  const headers = new Headers(c.res.headers);
  headers.delete('Content-Length');
  headers.append('Vary', 'Accept-Encoding');
  const plain = await opened(c.res.body);
  const small = !plain.more && plain.first.length < MIN_BYTES;
  if (!small) headers.set('Content-Encoding', 'gzip');
  const body = plain.more ? zipped(rejoined(plain)) : small ? plain.first : await compress(plain.first);
  c.res = undefined;
  c.res = new Response(body as Uint8Array<ArrayBuffer>, { status, headers });
};
