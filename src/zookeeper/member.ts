/** The content of a server set member's node. Source: the original's ServiceInstance, written by Gson. */
import { AuroraError, messageOf } from '../base/errors.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Member {
  readonly serviceEndpoint: Endpoint;
  /** By name; `http` or `https` is where the scheduler serves its page and API. */
  readonly additionalEndpoints: Readonly<Record<string, Endpoint>>;
  /** `ALIVE`; a member with any other status must not be used. */
  readonly status: string;
  /** Instance number of a task's server; schedulers have none. */
  readonly shard?: number | undefined;
}

/** Characters that Gson escapes, so that the JSON can be embedded in HTML. */
const ESCAPED = /[<>&='\u2028\u2029]/g;

const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const plain = ({ host, port }: Endpoint) => ({ host, port });

/**
 * Encodes a member byte for byte as the original does. The shard, which schedulers of the original do not have, comes last.
 */
export function encodeMember({ serviceEndpoint, additionalEndpoints, status, shard }: Member): Buffer {
  const json = JSON.stringify({
    serviceEndpoint: plain(serviceEndpoint),
    additionalEndpoints: Object.fromEntries(
      Object.entries(additionalEndpoints).map(([name, endpoint]) => [name, plain(endpoint)]),
    ),
    status,
    shard,
  });
  return Buffer.from(json.replace(ESCAPED, unicode));
}

const refuse = (why: string): never => {
  throw new AuroraError('ZOOKEEPER', `not a member of a server set: ${why}`);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function endpointOf(value: unknown, name: string): Endpoint {
  if (!isObject(value)) return refuse(`${name} is missing`);
  const { host, port } = value;
  if (typeof host !== 'string' || host === '') return refuse(`${name} has no host`);
  if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535)
    return refuse(`${name} has no port`);
  return { host, port: port as number };
}

/**
 * Parses a node's content. Missing additional endpoints mean none, a missing status means ALIVE, and unknown fields are
 * ignored.
 * @throws AuroraError ZOOKEEPER when it is not a JSON object, or an endpoint has no host or port (the original reads a
 * missing port as 0)
 */
export function decodeMember(data: Uint8Array): Member {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (error) {
    return refuse(`it is not JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) return refuse('it is not a JSON object');
  const { additionalEndpoints = {}, status, shard } = value;
  if (additionalEndpoints !== null && !isObject(additionalEndpoints))
    return refuse('additionalEndpoints is not an object');
  return {
    serviceEndpoint: endpointOf(value.serviceEndpoint, 'serviceEndpoint'),
    additionalEndpoints: Object.fromEntries(
      Object.entries(additionalEndpoints ?? {}).map(([name, endpoint]) => [
        name,
        endpointOf(endpoint, `additionalEndpoints.${name}`),
      ]),
    ),
    status: typeof status === 'string' ? status : 'ALIVE',
    ...(typeof shard === 'number' ? { shard } : {}),
  };
}
