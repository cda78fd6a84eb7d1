import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Call, decodeMessage, encodeMessage, type Wire } from '../../../src/api/index.ts';
import { at, comparable } from './compare.ts';
import { type Rpc, spelledOut } from './scenario.ts';

export interface FakeScheduler {
  readonly ports: readonly [number, number];
  /** What did not go as written down, a line each. */
  readonly problems: readonly string[];
  /** Arguments of all calls so far. */
  readonly calls: readonly { readonly method: string; readonly args: unknown }[];
  /** Calls that were written down and did not come. */
  missing(): readonly string[];
  close(): Promise<void>;
}

const THRIFT = 'application/vnd.apache.thrift.binary';
type Http = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/** For a call whose arguments are not the test's business. */
export const ANY_ARGS = Symbol('any arguments');

/** Calls of ours that the original's client does not make, nor its scheduler know. */
const OWN_CALLS: ReadonlySet<string> = new Set(['getCronJobStatus', 'getDrainStatus', 'startJobRestart']);

/** What a reply can be instead of a response; `$unknown`: there is no such call, as the original says of ours. */
interface Special {
  readonly $http?: Http;
  readonly $close?: boolean;
  readonly $unknown?: boolean;
}

interface FakeOptions {
  /** Methods that may be called beyond what is written down; they are answered with an empty OK. */
  readonly reads?: readonly string[];
  /** What `$NOW` means. */
  readonly nowMs?: () => number;
  readonly userAgent?: string;
  /** What it answers to a request for logs, given its body; default: it knows of none. */
  readonly logs?: (request: Record<string, unknown>) => Http;
  /** Happens instead of an answer. */
  readonly onCall?: (() => void) | undefined;
}

/** Two listeners that expect calls in the order written down and answer as written down. */
export async function fakeScheduler(
  rpcs: readonly Rpc[],
  { reads = [], nowMs = () => 0, userAgent = 'Aurora V2', onCall, logs }: FakeOptions = {},
): Promise<FakeScheduler> {
  const left = [...spelledOut(rpcs)];
  const problems: string[] = [];
  const calls: { method: string; args: unknown }[] = [];
  const names = ['$PORT', '$PORT2'] as const;
  const servers = names.map((name) =>
    createServer((request, response) => {
      answer(name, request, response).catch((error) => {
        // A caller that goes away in the middle of its request is no problem of the test's.
        if (!request.destroyed || request.complete)
          problems.push(`${request.method} ${request.url}: ${error}`);
        response.destroy();
      });
    }),
  );
  const ports = (await Promise.all(servers.map(listen))) as [number, number];
  const placed = (text: string) =>
    text.replaceAll('$PORT2', String(ports[1])).replaceAll('$PORT', String(ports[0]));

  async function answer(target: string, request: IncomingMessage, response: ServerResponse) {
    if (onCall) return onCall();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/api/view/logs') {
      const asked = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const { body, headers = {}, status } = logs?.(asked) ?? { status: 404 };
      return void response.writeHead(status, headers).end(body ?? '');
    }
    // The original has none of our views.
    if (request.url?.startsWith('/api/view/')) return void response.writeHead(404).end();
    const call = decodeMessage(Buffer.concat(chunks), 'binary') as Call;
    calls.push({ method: call.method, args: call.args });
    if (OWN_CALLS.has(call.method) && left[0]?.method !== call.method) return unknownCall(response, call);
    const rpc = next(target, call);
    if (!rpc) {
      if (!reads.includes(call.method))
        problems.push(`unexpected ${call.method} ${JSON.stringify(call.args)}`);
      return reply(response, call, { responseCode: 'OK' });
    }
    check(rpc, request, call);
    const { $http: http, $close: close, $unknown: unknown } = rpc.reply as Special;
    if (close) return void request.socket.destroy();
    if (unknown) return unknownCall(response, call);
    if (!http) return reply(response, call, filledIn(rpc.reply));
    for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, placed(value));
    response.writeHead(http.status).end(http.body ?? '');
  }

  /** UUIDs that the client made up, the latest last. */
  const uuids: string[] = [];

  /** A reply with the times and names of this run. */
  function filledIn(written: object): Wire<'Response'> {
    return JSON.parse(JSON.stringify(written), (_, value) => {
      if (value === '$UUID') return uuids.at(-1);
      const [, offset] = (typeof value === 'string' && /^\$NOW([+-]\d+)?$/.exec(value)) || [];
      const isNow = typeof value === 'string' && value.startsWith('$NOW');
      return isNow ? Math.floor(nowMs() / 1000) * 1000 + Number(offset ?? 0) : value;
    });
  }

  /** Of neighbours that may come in any order, the one that is meant. */
  function next(target: string, call: Call): Rpc | undefined {
    const [first] = left;
    if (first?.method !== call.method && reads.includes(call.method)) return undefined;
    if (!first?.anyOrder) return left.shift();
    const end = left.findIndex(({ anyOrder }) => !anyOrder);
    const found = left
      .slice(0, end < 0 ? left.length : end)
      .findIndex(({ match = {} }) =>
        Object.entries(match).every(
          ([path, value]) => (path === '$target' ? target : at(call.args, path)) === value,
        ),
      );
    return found < 0 ? undefined : left.splice(found, 1)[0];
  }

  function check(rpc: Rpc, { headers, method, url, socket }: IncomingMessage, call: Call) {
    const same = (what: string, got: unknown, wanted: unknown) => {
      const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
      if (a !== b) problems.push(`${rpc.method}: ${what} is ${a}, not ${b}`);
    };
    same('method', call.method, rpc.method);
    const { args, found } = withoutUuids(call.args);
    uuids.push(...found);
    if (rpc.args !== ANY_ARGS) same('arguments', comparable(args), comparable(rpc.args));
    same('request', `${method} ${url}`, 'POST /api');
    same('port', socket.localPort, rpc.target === '$PORT2' ? ports[1] : ports[0]);
    same('content type', headers['content-type'], THRIFT);
    same('accept', headers.accept, THRIFT);
    same('user agent', headers['user-agent'], userAgent);
    same('authorization', headers.authorization, rpc.headers?.Authorization);
    same('bypass', headers['bypass-leader-redirect'], rpc.headers?.['Bypass-Leader-Redirect']);
  }

  return {
    ports,
    problems,
    calls,
    missing: () => left.map(({ method }) => `missing ${method}`),
    close: async () => void (await Promise.all(servers.map(close))),
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Arguments with `$UUID` for every random name, and those names. */
function withoutUuids(args: unknown) {
  const found: string[] = [];
  const text = JSON.stringify(args, (_, value) => {
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'string' || !UUID.test(value)) return value;
    found.push(value);
    return '$UUID';
  });
  return { args: JSON.parse(text) as unknown, found };
}

function reply(response: ServerResponse, { method, seqid }: Call, answer: Wire<'Response'>) {
  const whole: Wire<'Response'> = { details: [], ...answer };
  response.setHeader('Content-Type', THRIFT);
  response.end(encodeMessage({ kind: 'reply', method, seqid, response: whole }, 'binary'));
}

function unknownCall(response: ServerResponse, { method, seqid }: Call): void {
  response.end(encodeMessage({ kind: 'exception', method, seqid, type: 'UNKNOWN_METHOD' }, 'binary'));
}

const listen = (server: Server) =>
  new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });

const close = (server: Server) =>
  new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
