import { codecError } from '../codec-error.ts';
import { parseExactJson } from '../exact-json.ts';
import { assertSize, jsonI32, jsonText, jsonWalk } from '../json-values.ts';
import type { Limits } from '../limits.ts';
import { bodyOf, bodyShape, type Envelope, KINDS, kindOf, type Message, messageOfBody } from '../message.ts';
import { encodingTrail } from '../trail.ts';
import { readMembers } from './decode.ts';
import { membersText } from './encode.ts';

/** Writes a message as TJSON: `[1,"method",type,seqid,{...}]`. */
export function encodeTJsonMessage(message: Message): string {
  const { kind, method, seqid } = message;
  const body = membersText(bodyShape(kind, method), bodyOf(message), encodingTrail(method));
  return `[1,${JSON.stringify(method)},${KINDS.indexOf(kind)},${seqid},${body}]`;
}

/** Reads the envelope of a TJSON message. Throws a CODEC error when it is damaged. */
export function openTJsonMessage(source: Uint8Array | string, limits?: Partial<Limits>): Envelope {
  const walk = jsonWalk('message', limits);
  assertSize(source, walk);
  const parts = parseExactJson(source);
  if (!Array.isArray(parts) || parts.length !== 5)
    throw codecError('bad-json', 'not a list of version, method, type, seqid and body', 'message');
  if (parts[0] !== 1) throw codecError('bad-version', `version ${String(parts[0])} is not 1`, 'message');
  const method = jsonText(parts[1], walk);
  const kind = kindOf(jsonI32(parts[2], walk));
  const seqid = jsonI32(parts[3], walk);
  const read = () => {
    const body = readMembers(jsonWalk(method, limits), bodyShape(kind, method), parts[4]);
    return messageOfBody(kind, method, seqid, body);
  };
  return { kind, method, seqid, read };
}
