import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { openFileInside } from '../files/inside.ts';

/** The bytes that a Range header asks for; undefined for the whole file, 'none' when the file has no such bytes. */
function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number } | 'none' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  return from > to || from >= size ? 'none' : { from, to };
}

/** A file of the sandbox as an attachment, whole or in part; undefined when there is no such file. */
export function download(sandbox: string, path: string, range: string | undefined): Response | undefined {
  const found = openFileInside(sandbox, path);
  if (!found) return undefined;
  const { birthtimeMs, ino, mtime, size } = found.stats;
  /** The generation distinguishes a file from its successor of the same name after a rotation. */
  const known = {
    'Last-Modified': mtime.toUTCString(),
    'X-File-Generation': `${ino}-${Math.trunc(birthtimeMs)}`,
  };
  const wanted = rangeOf(range, size);
  if (wanted === 'none') {
    found.close();
    return new Response(null, { status: 416, headers: { ...known, 'Content-Range': `bytes */${size}` } });
  }
  const headers = {
    ...known,
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
    'Accept-Ranges': 'bytes',
  };
  const { from, to } = wanted ?? { from: 0, to: size - 1 };
  const length = to - from + 1;
  if (length <= 0) {
    found.close();
    return new Response('', { headers });
  }
  // The file may grow meanwhile, but exactly the announced length must be sent.
  const stream = createReadStream('', { fd: found.file, start: from, end: to, autoClose: true });
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    status: wanted ? 206 : 200,
    headers: {
      ...headers,
      'Content-Length': String(length),
      ...(wanted ? { 'Content-Range': `bytes ${from}-${to}/${size}` } : {}),
    },
  });
}
