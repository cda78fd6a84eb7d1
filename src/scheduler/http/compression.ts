import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

const compress = promisify(gzip);

/** Below this gzip saves nothing worth its head. */
const MIN_BYTES = 256;

/** Whether the header asks for gzip: by its name or by `*`; `q=0` refuses, and what is said of gzip itself counts more. */
export function wantsGzip(header: string | undefined): boolean {
  const wanted = new Map<string, boolean>();
  for (const part of (header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    wanted.set(name, !parameters.some((text) => /^q\s*=\s*0(\.0*)?$/.test(text)));
  }
  return wanted.get('gzip') ?? wanted.get('x-gzip') ?? wanted.get('*') ?? false;
}

/** The first two chunks tell a body that is there at once from one that is made while it is sent. */
async function opened(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const first = await reader.read();
  const second = first.done ? first : await reader.read();
  return { reader, first: first.value ?? new Uint8Array(), second: second.value, more: !second.done };
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** Puts the chunks that were looked at back before the rest. */
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

/** Long bodies are compressed quickly rather than well, in few large pieces: each costs a turn of the event loop. */
const LONG_BODY = { level: 1, chunkSize: 256 * 1024 };

function zipped(plain: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream {
  const gzip = createGzip(LONG_BODY);
  // A failure of one end, such as a client that leaves, ends the other; the reader hears of it from its own end.
  pipeline(Readable.fromWeb(plain as never), gzip, () => {});
  return Readable.toWeb(gzip) as ReadableStream;
}

/** Compresses responses to GET and POST off the event loop, for clients that take gzip. Requests are not inflated. */
export const gzipResponses: MiddlewareHandler = async (c, next) => {
  await next();
  const { method } = c.req;
  if ((method !== 'GET' && method !== 'POST') || !c.res.body || c.res.headers.has('Content-Encoding')) return;
  if (!wantsGzip(c.req.header('Accept-Encoding'))) return;
  // A stream that never ends would be held back until a block is full.
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
