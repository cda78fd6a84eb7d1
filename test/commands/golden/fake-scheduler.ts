import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Call, decodeMessage, encodeMessage, type Wire } from '../../../src/api/index.ts';
import { at, comparable } from './compare.ts';
import { type Rpc, spelledOut } from './scenario.ts';

export interface FakeScheduler {
  readonly ports: readonly [number, number];
  /** What did not go as written down, a line each. */
  readonly problems: readonly string[];
  /** Calls that were written down and did not come. */
  missing(): readonly string[];
  close(): Promise<void>;
}

const THRIFT = 'application/vnd.apache.thrift.binary';
type Http = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/**
 * Two listeners that expect calls in the order written down and answer as written down. `reads` are methods that may
 * be called beyond that; they are answered with an empty OK.
 */
export async function fakeScheduler(
  rpcs: readonly Rpc[],
  reads: readonly string[],
  onCall: (() => void) | undefined,
): Promise<FakeScheduler> {
  const left = [...spelledOut(rpcs)];
  const problems: string[] = [];
  const names = ['$PORT', '$PORT2'] as const;
  const servers = names.map((name) =>
    createServer((request, response) => void answer(name, request, response)),
  );
  const ports = (await Promise.all(servers.map(listen))) as [number, number];
  const placed = (text: string) =>
    text.replaceAll('$PORT2', String(ports[1])).replaceAll('$PORT', String(ports[0]));

  async function answer(target: string, request: IncomingMessage, response: ServerResponse) {
    if (onCall) return onCall();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = decodeMessage(Buffer.concat(chunks), 'binary') as Call;
    const rpc = next(target, call);
    if (!rpc) {
      if (!reads.includes(call.method))
        problems.push(`unexpected ${call.method} ${JSON.stringify(call.args)}`);
      return reply(response, call, { responseCode: 'OK' });
    }
    check(rpc, request, call);
    const { $http: http, $close: close } = rpc.reply as { $http?: Http; $close?: boolean };
    if (close) return void request.socket.destroy();
    if (!http) return reply(response, call, rpc.reply as Wire<'Response'>);
    for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, placed(value));
    response.writeHead(http.status).end(http.body ?? '');
  }

  /** Of neighbours that may come in any order, the one that is meant. */
  function next(target: string, call: Call): Rpc | undefined {
    const [first] = left;
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
    same('arguments', comparable(call.args), comparable(rpc.args));
    same('request', `${method} ${url}`, 'POST /api');
    same('port', socket.localPort, rpc.target === '$PORT2' ? ports[1] : ports[0]);
    same('content type', headers['content-type'], THRIFT);
    same('accept', headers.accept, THRIFT);
    same('user agent', headers['user-agent'], 'Aurora V2');
    same('authorization', headers.authorization, rpc.headers?.Authorization);
    same('bypass', headers['bypass-leader-redirect'], rpc.headers?.['Bypass-Leader-Redirect']);
  }

  return {
    ports,
    problems,
    missing: () => left.map(({ method }) => `missing ${method}`),
    close: async () => void (await Promise.all(servers.map(close))),
  };
}

function reply(response: ServerResponse, { method, seqid }: Call, answer: Wire<'Response'>) {
  const whole: Wire<'Response'> = { details: [], ...answer };
  response.setHeader('Content-Type', THRIFT);
  response.end(encodeMessage({ kind: 'reply', method, seqid, response: whole }, 'binary'));
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
