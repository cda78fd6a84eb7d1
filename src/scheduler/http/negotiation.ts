import type { Protocol } from '../../api/index.ts';

const BINARY_TYPE = 'application/vnd.apache.thrift.binary';
export const JSON_TYPE = 'application/vnd.apache.thrift.json';

/** Encoding of a request body by its Content-Type. Source: the original's TContentAwareServlet. */
const REQUEST_PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['application/x-thrift', 'json'],
  ['application/json', 'json'],
  [JSON_TYPE, 'json'],
  [`${JSON_TYPE};charset=utf-8`, 'json'],
  [BINARY_TYPE, 'binary'],
]);

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;.*)?$/;

/**
 * First entry of a comma-separated header, as a proxy may have joined two header lines. Commas in quotes do not
 * separate.
 */
const firstOf = (header: string): string => /^(?:[^,"]|"(?:[^"\\]|\\.)*")*/.exec(header)?.[0].trim() ?? '';

/** Normalises a media type: lower case, no blanks around `;` and `=`, no needless quotes. */
const spelled = (type: string): string =>
  type
    .toLowerCase()
    .replace(/\s*([;=])\s*/g, '$1')
    .replace(/="([\w-]+)"/g, '=$1');

/**
 * Protocol of a request body. A missing or blank header means JSON; of several types the first counts.
 * @returns 'unsupported' for another media type (status 415), 'unreadable' for what is not a media type (status 500).
 */
export function requestProtocol(contentType: string | undefined): Protocol | 'unsupported' | 'unreadable' {
  const type = firstOf(contentType ?? '');
  if (type === '' && (contentType ?? '').trim() === '') return 'json';
  const known = REQUEST_PROTOCOLS.get(spelled(type));
  return known ?? (MEDIA_TYPE.test(type) ? 'unsupported' : 'unreadable');
}

/** Protocol of a reply: binary when the Accept header is exactly the binary type, otherwise JSON. */
export const replyProtocol = (accept: string | undefined): Protocol =>
  accept?.trim().toLowerCase() === BINARY_TYPE ? 'binary' : 'json';

export const replyType = (protocol: Protocol): string => (protocol === 'binary' ? BINARY_TYPE : JSON_TYPE);
