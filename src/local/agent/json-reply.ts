import { gzipSync } from 'node:zlib';
import type { HttpReply, HttpRequest } from './http-server.ts';

/** Smaller answers are not compressed. Source: golden/mesos, oper-01. */
const LEAST_GZIP_BYTES = 1024;

/** A JSON answer of the endpoints. `?jsonp=name` wraps it in a call; a large one is gzipped if the client accepts that. */
export function jsonReply(request: HttpRequest, value: unknown): HttpReply {
  const callback = request.query.get('jsonp');
  const text = JSON.stringify(value);
  const plain = Buffer.from(callback === null ? text : `${callback}(${text})`);
  const isZipped =
    plain.length >= LEAST_GZIP_BYTES && (request.header('accept-encoding') ?? '').includes('gzip');
  const body = isZipped ? gzipSync(plain) : plain;
  return {
    status: 200,
    headers: [
      ...(isZipped ? [['Content-Encoding', 'gzip'] as const] : []),
      ['Content-Length', String(body.length)],
      ['Content-Type', callback === null ? 'application/json' : 'text/javascript'],
    ],
    body,
  };
}
