/** /files/browse, read, download and debug. Source: golden/mesos, oper-02. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { AgentCore } from './core.ts';
import { type HttpHandler, type HttpReply, type HttpRequest, textReply } from './http-server.ts';
import { jsonReply } from './json-reply.ts';
import {
  attachedPaths,
  listFiles,
  modeText,
  ownerNames,
  readPart,
  resolveSandboxPath,
} from './sandbox-files.ts';

/** Maximum size of one /files/read, and its default. Source: Mesos, 16 pages of memory. */
const PAGE_BYTES = 65_536;
/** Largest file that can be downloaded in one answer; larger ones must be read in pages. */
const MAX_DOWNLOAD_BYTES = 256 * 2 ** 20;

type Found = { readonly path: string; readonly real: string; readonly root: string };

/** The file that the request names, or the reply that refuses it. */
function target(core: AgentCore, request: HttpRequest, unknownText: string): Found | HttpReply {
  const path = request.query.get('path');
  if (!path) return textReply(400, "Expecting 'path=value' in query.\n");
  const resolved = resolveSandboxPath(core, path);
  if (resolved === 'unknown') return textReply(404, unknownText);
  if (resolved === 'inaccessible') return textReply(400, `'${path}' is inaccessible.\n`);
  return { path, ...resolved };
}

function browse(core: AgentCore, request: HttpRequest): HttpReply {
  const found = target(core, request, '');
  if ('status' in found) return found;
  const names = ownerNames();
  return jsonReply(
    request,
    listFiles(found.path, found).map(({ path, stats }) => ({
      gid: names.group(stats.gid),
      mode: modeText(stats),
      mtime: Math.floor(stats.mtimeMs / 1000),
      nlink: stats.nlink,
      path,
      size: stats.size,
      uid: names.user(stats.uid),
    })),
  );
}

/** An integer parameter of the query: undefined when absent, or a text that says what is wrong with it. */
function numberOf(request: HttpRequest, name: string): number | undefined | string {
  const text = request.query.get(name);
  if (text === null) return undefined;
  return /^-?\d+$/.test(text)
    ? Number(text)
    : `Failed to parse ${name}: Failed to convert '${text}' to number.\n`;
}

/** Cuts off an incomplete character at the end; its remaining bytes are on the next page. */
function wholeCharacters(data: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back] as number;
    if (byte < 0x80) return data;
    if (byte < 0xc0) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needs && back < data.length ? data.subarray(0, data.length - back) : data;
  }
  return data;
}

function read(core: AgentCore, request: HttpRequest): HttpReply {
  const offset = numberOf(request, 'offset') ?? -1;
  if (typeof offset === 'string') return textReply(400, offset);
  if (offset < -1) return textReply(400, `Negative offset provided: ${offset}.\n`);
  const length = numberOf(request, 'length') ?? -1;
  if (typeof length === 'string') return textReply(400, length);
  if (length < -1) return textReply(400, `Negative length provided: ${length}.\n`);
  const found = target(core, request, '');
  if ('status' in found) return found;
  const stats = statSync(found.real);
  if (stats.isDirectory()) return textReply(400, 'Cannot read a directory.\n');
  if (!stats.isFile()) return textReply(400, 'Cannot read what is not a file.\n');
  if (offset === -1) return jsonReply(request, { data: '', offset: stats.size });
  const { data } = readPart(found.real, offset, length === -1 ? PAGE_BYTES : Math.min(length, PAGE_BYTES));
  return jsonReply(request, { data: wholeCharacters(data).toString('utf8'), offset });
}

function download(core: AgentCore, request: HttpRequest): HttpReply {
  const found = target(core, request, '404 Not Found.');
  if ('status' in found) return found;
  const stats = statSync(found.real);
  if (stats.isDirectory()) return textReply(400, 'Cannot download a directory.\n');
  if (!stats.isFile()) return textReply(400, 'Cannot download what is not a file.\n');
  if (stats.size > MAX_DOWNLOAD_BYTES)
    return textReply(413, `The file has ${stats.size} bytes: read it in pages with /files/read.\n`);
  const body = readFileSync(found.real);
  return {
    status: 200,
    headers: [
      ['Content-Length', String(body.length)],
      ['Content-Disposition', `attachment; filename=${basename(found.path).replace(/[^\w.-]/g, '_')}`],
      ['Content-Type', 'application/octet-stream'],
    ],
    body,
  };
}

/** Handlers by path. */
export const filesEndpoints = (core: AgentCore): Readonly<Record<string, HttpHandler>> => ({
  '/files/browse': (request) => browse(core, request),
  '/files/read': (request) => read(core, request),
  '/files/download': (request) => download(core, request),
  '/files/debug': (request) => jsonReply(request, Object.fromEntries(attachedPaths(core))),
});
