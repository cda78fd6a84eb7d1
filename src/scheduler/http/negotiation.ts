import type { Protocol } from '../../api/index.ts';

const BINARY_TYPE = 'application/vnd.apache.thrift.binary';
export const JSON_TYPE = 'application/vnd.apache.thrift.json';

/** How the body of a request is written, by its Content-Type. Source: the original's TContentAwareServlet. */
const REQUEST_PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['application/x-thrift', 'json'],
  ['application/json', 'json'],
  [JSON_TYPE, 'json'],
  [`${JSON_TYPE};charset=utf-8`, 'json'],
  [BINARY_TYPE, 'binary'],
]);

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;.*)?$/;

/** The first of a list: a proxy may have joined two lines of the header. Commas within quotes belong to a parameter. */
const firstOf = (header: string): string => /^(?:[^,"]|"(?:[^"\\]|\\.)*")*/.exec(header)?.[0].trim() ?? '';

/** A media type in one spelling: lower case, no blanks around `;` and `=`, no quotes that are not needed. */
const spelled = (type: string): string =>
  type
    .toLowerCase()
    .replace(/\s*([;=])\s*/g, '$1')
    .replace(/="([\w-]+)"/g, '=$1');

/**
 * The protocol of a request body; 'unsupported' is a 415, 'unreadable' a 500. No header means JSON, and so does one that
 * says nothing. Of several types the first counts.
 */
export function requestProtocol(contentType: string | undefined): Protocol | 'unsupported' | 'unreadable' {
  const type = firstOf(contentType ?? '');
  if (type === '' && (contentType ?? '').trim() === '') return 'json';
  const known = REQUEST_PROTOCOLS.get(spelled(type));
  return known ?? (MEDIA_TYPE.test(type) ? 'unsupported' : 'unreadable');
}

/** The protocol of a reply: binary only when exactly that is asked for. */
export const replyProtocol = (accept: string | undefined): Protocol =>
  accept?.trim().toLowerCase() === BINARY_TYPE ? 'binary' : 'json';

export const replyType = (protocol: Protocol): string => (protocol === 'binary' ? BINARY_TYPE : JSON_TYPE);
