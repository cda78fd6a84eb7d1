import type { IncomingMessage } from 'node:http';
import { AuroraError } from '../../../base/errors.ts';
import {
  type MesosMessage,
  type MessageName,
  parseJson,
  parseProtobuf,
  toJson,
  toProtobuf,
} from '../../../mesos/index.ts';
import { HttpRefusal } from './answers.ts';

/** The two encodings of the v1 APIs. */
export type Media = 'application/json' | 'application/x-protobuf';

/** The Content-Type, which must be literally one of the two. @throws HttpRefusal 400 or 415 */
export function contentTypeOf(req: IncomingMessage): Media {
  const given = req.headers['content-type'];
  if (given === undefined) throw new HttpRefusal(400, "Expecting 'Content-Type' to be present");
  if (given !== 'application/json' && given !== 'application/x-protobuf')
    throw new HttpRefusal(415, "Expecting 'Content-Type' of application/json or application/x-protobuf");
  return given;
}

function accepts(header: string, media: Media): boolean {
  return header.split(',').some((part) => {
    const [range = '', ...parameters] = part.trim().split(';');
    const isNone = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return !isNone && ['*/*', 'application/*', media].includes(range.trim());
  });
}

/** The encoding that Accept asks for; JSON when both are allowed. @throws HttpRefusal 406 */
export function acceptOf(req: IncomingMessage): Media {
  const header = req.headers.accept ?? '*/*';
  if (accepts(header, 'application/json')) return 'application/json';
  if (accepts(header, 'application/x-protobuf')) return 'application/x-protobuf';
  throw new HttpRefusal(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
}

/** Decodes a call. @throws HttpRefusal 400 with Mesos' text */
export function decodeCall<N extends MessageName>(name: N, media: Media, body: Buffer): MesosMessage<N> {
  try {
    return media === 'application/json' ? parseJson(name, body.toString('utf8')) : parseProtobuf(name, body);
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    throw new HttpRefusal(
      400,
      media === 'application/json' ? error.text : 'Failed to parse body into Call protobuf',
    );
  }
}

/** Encodes a message for a stream. JSON stays a string, which the socket writes without another copy. */
export const encodeAs = <N extends MessageName>(
  name: N,
  media: Media,
  message: MesosMessage<N>,
): Buffer | string => (media === 'application/json' ? toJson(name, message) : toProtobuf(name, message));
