import { codecError } from '../codec-error.ts';
import type { Limits } from '../limits.ts';
import { bodyOf, bodyShape, type Envelope, KINDS, kindOf, type Message, messageOfBody } from '../message.ts';
import { encodingTrail } from '../trail.ts';
import { readMembers } from './decode.ts';
import { writeMembers } from './encode.ts';
import { type Reader, readByte, readerOf, readI32, readString } from './reader.ts';
import { newWriter, writeByte, writeI32, writeString, written } from './writer.ts';

const VERSION_1 = 0x8001_0000;

/** Writes a message as TBinary: strict, or in the old form for readers that only know that one. */
export function encodeBinaryMessage(message: Message, form: 'strict' | 'old' = 'strict'): Uint8Array {
  const { kind, method, seqid } = message;
  const writer = newWriter();
  const number = KINDS.indexOf(kind);
  if (form === 'strict') writeI32(writer, (VERSION_1 | number) >> 0);
  writeString(writer, method);
  if (form === 'old') writeByte(writer, number);
  writeI32(writer, seqid);
  writeMembers(writer, bodyShape(kind, method), bodyOf(message), encodingTrail(method));
  return written(writer);
}

/** Reads the envelope of a strict or old TBinary message. Throws a CODEC error when it is damaged. */
export function openBinaryMessage(bytes: Uint8Array, limits?: Partial<Limits>): Envelope {
  const reader = readerOf(bytes, 'message', limits);
  const { method, number } = readHead(reader);
  const seqid = readI32(reader);
  const kind = kindOf(number);
  const bodyAt = reader.position;
  const read = () => {
    const body = readerOf(bytes, method, limits);
    body.position = bodyAt;
    return messageOfBody(kind, method, seqid, readMembers(body, bodyShape(kind, method)));
  };
  return { kind, method, seqid, read };
}

/** Strict messages begin with a version, which is negative; old ones with the length of the method name. */
function readHead(reader: Reader): { method: string; number: number } {
  const first = readI32(reader);
  if (first >= 0) {
    reader.position = 0;
    return { method: readString(reader), number: readByte(reader) };
  }
  const version = first & 0xffff_0000;
  if (version !== VERSION_1 >> 0) {
    const text = `version 0x${(version >>> 16).toString(16)} is not 0x8001: not a binary Thrift message`;
    throw codecError('bad-version', text, 'message');
  }
  return { method: readString(reader), number: first & 0xff };
}
