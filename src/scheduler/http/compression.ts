import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

const compress = promisify(gzip);

/** Below this gzip saves nothing worth its head. */
const MIN_BYTES = 256;

/** `gzip` or `*` in the header, unless refused by `q=0`. */
const wantsGzip = (header: string | undefined): boolean =>
  (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((text) => /^q=0(\.0*)?$/.test(text));
  });

/** Compresses responses to GET and POST off the event loop, for clients that take gzip. Requests are not inflated. */
export const gzipResponses: MiddlewareHandler = async (c, next) => {
  await next();
  const { method } = c.req;
  if ((method !== 'GET' && method !== 'POST') || !c.res.body || c.res.headers.has('Content-Encoding')) return;
  if (!wantsGzip(c.req.header('Accept-Encoding'))) return;
  const { status } = c.res;
  const plain = Buffer.from(await c.res.arrayBuffer());
  const headers = new Headers(c.res.headers);
  headers.delete('Content-Length');
  headers.append('Vary', 'Accept-Encoding');
  const body = plain.length < MIN_BYTES ? plain : await compress(plain);
  if (body !== plain) headers.set('Content-Encoding', 'gzip');
  c.res = undefined;
  c.res = new Response(body as Uint8Array<ArrayBuffer>, { status, headers });
};
