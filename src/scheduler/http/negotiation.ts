import type { Protocol } from '../../api/index.ts';

const BINARY_TYPE = 'application/vnd.apache.thrift.binary';
export const JSON_TYPE = 'application/vnd.apache.thrift.json';

/** How the body of a request is written, by its whole Content-Type in lower case. Source: the original's TContentAwareServlet. */
const REQUEST_PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['application/x-thrift', 'json'],
  ['application/json', 'json'],
  [JSON_TYPE, 'json'],
  [`${JSON_TYPE}; charset=utf-8`, 'json'],
  [BINARY_TYPE, 'binary'],
]);

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;.*)?$/;

/** The protocol of a request body; 'unsupported' is a 415, 'unreadable' a 500. No header means JSON. */
export function requestProtocol(contentType: string | undefined): Protocol | 'unsupported' | 'unreadable' {
  if (contentType === undefined) return 'json';
  const known = REQUEST_PROTOCOLS.get(contentType.trim().toLowerCase());
  return known ?? (MEDIA_TYPE.test(contentType) ? 'unsupported' : 'unreadable');
}

/** The protocol of a reply: binary only when exactly that is asked for. */
export const replyProtocol = (accept: string | undefined): Protocol =>
  accept?.trim().toLowerCase() === BINARY_TYPE ? 'binary' : 'json';

export const replyType = (protocol: Protocol): string => (protocol === 'binary' ? BINARY_TYPE : JSON_TYPE);
