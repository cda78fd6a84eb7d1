import { connect } from 'node:net';

/** One thing that came over a connection, in the order in which it came. */
export type Arrival =
  | {
      readonly kind: 'head';
      readonly start: string;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  /** One chunk, which must be one record. */
  | { readonly kind: 'chunk'; readonly bytes: Buffer }
  | { readonly kind: 'lastChunk' }
  | { readonly kind: 'close' };

/** A TCP connection that speaks HTTP byte for byte, for as many requests as it is used for. */
export interface Wire {
  readonly arrivals: Arrival[];
  /** Sends one request. `method` tells whether the answer has a body. */
  send(method: string, bytes: Buffer): void;
  close(): void;
  isClosed(): boolean;
  /** An answer in chunks has begun and not ended. */
  isStreaming(): boolean;
}

interface Answer {
  readonly head: Extract<Arrival, { kind: 'head' }>;
  readonly size: number;
}

function readHead(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  return { head: { kind: 'head', start, headers }, size: end + 4 };
}

const header = (head: Answer['head'], name: string): string | undefined =>
  head.headers.find(([key]) => key.toLowerCase() === name)?.[1];

/**
 * Splits the bytes of answers into arrivals. `methods` are those of the requests that are not answered yet.
 * @returns a function that takes the next bytes.
 */
export function answerParser(methods: string[], arrive: (arrival: Arrival) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  let awaited: 'head' | 'body' | 'chunk' = 'head';
  let bodySize = 0;

  const nextHead = (): boolean => {
    const answer = readHead(rest);
    if (!answer) return false;
    rest = rest.subarray(answer.size);
    arrive(answer.head);
    const hasBody = methods.shift() !== 'HEAD';
    bodySize = hasBody ? Number(header(answer.head, 'content-length') ?? 0) : 0;
    if (header(answer.head, 'transfer-encoding') === 'chunked') awaited = 'chunk';
    else if (bodySize > 0) awaited = 'body';
    return true;
  };
  const nextBody = (): boolean => {
    if (rest.length < bodySize) return false;
    arrive({ kind: 'body', bytes: rest.subarray(0, bodySize) });
    rest = rest.subarray(bodySize);
    awaited = 'head';
    return true;
  };
  const nextChunk = (): boolean => {
    const line = rest.indexOf('\r\n');
    if (line < 0) return false;
    const size = Number.parseInt(rest.subarray(0, line).toString('latin1'), 16);
    const end = line + 2 + size + 2;
    if (rest.length < end) return false;
    if (size > 0) arrive({ kind: 'chunk', bytes: rest.subarray(line + 2, line + 2 + size) });
    else {
      arrive({ kind: 'lastChunk' });
      awaited = 'head';
    }
    rest = rest.subarray(end);
    return true;
  };
  const steps = { head: nextHead, body: nextBody, chunk: nextChunk };
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length > 0 && steps[awaited]());
  };
}

const isChunkedHead = (arrival: Arrival): boolean =>
  arrival.kind === 'head' && header(arrival, 'transfer-encoding') === 'chunked';

/** Opens a connection; what comes over it is noted in `arrivals`, and `onArrival` is called each time. */
export function wire(port: number, onArrival: () => void): Wire {
  const arrivals: Arrival[] = [];
  const methods: string[] = [];
  const arrive = (arrival: Arrival) => {
    arrivals.push(arrival);
    onArrival();
  };
  const parse = answerParser(methods, arrive);
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let closed = false;
  socket.on('data', parse);
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    arrive({ kind: 'close' });
  });
  return {
    arrivals,
    send(method, bytes) {
      methods.push(method);
      socket.write(bytes);
    },
    close: () => void socket.destroy(),
    isClosed: () => closed,
    isStreaming: () => arrivals.some(isChunkedHead) && !arrivals.some(({ kind }) => kind === 'lastChunk'),
  };
}
