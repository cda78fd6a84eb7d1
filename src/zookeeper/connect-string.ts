import { AuroraError } from '../base/errors.ts';

/** One server of an ensemble. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** The servers of an ensemble, a path there, and credentials. */
export interface ConnectString {
  readonly servers: readonly Server[];
  /** Path after the servers, `/` when there is none. */
  readonly path: string;
  /** `user:password` for digest authentication. */
  readonly digest: string | undefined;
}

const DEFAULT_PORT = 2181;

const refuse = (text: string, why: string): never => {
  throw new AuroraError(
    'BAD_PARAMETER',
    `"${text.replace(/\/\/[^@/]*@/, '//***@')}" is not a ZooKeeper address: ${why}`,
    {
      next: 'write zk://[user:password@]host1:port1,host2:port2/path',
    },
  );
};

const SERVER = /^(?:\[([^\]\s]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/;

function parseServer(text: string, whole: string): Server {
  const match = SERVER.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535)
    return refuse(whole, `"${text}" is not a host and port`);
  return { host, port };
}

/**
 * The place of the `@` that ends the credentials; -1 when there are none. As in Mesos, it is the last one before the
 * first slash, so that a path may contain `@`. When no servers stand there, the slash is part of the password, and the
 * last `@` of the text counts.
 */
function endOfCredentials(text: string): number {
  const [authority = ''] = text.split('/', 1);
  const at = authority.lastIndexOf('@');
  const servers = authority.slice(at + 1).split(',');
  return servers.every((server) => SERVER.test(server)) ? at : text.lastIndexOf('@');
}

/**
 * Parses `zk://[user:password@]h1:p1,[v6]:p2/path`. `zk://`, the ports (default 2181) and the path may be omitted. The
 * password and the path may contain any character, see `endOfCredentials`.
 * @throws AuroraError BAD_PARAMETER; its message does not show the password
 */
export function parseConnectString(text: string): ConnectString {
  const rest = text.trim().replace(/^zk:\/\//, '');
  const credentialsEnd = endOfCredentials(rest);
  const digest = credentialsEnd < 0 ? undefined : rest.slice(0, credentialsEnd);
  if (digest !== undefined && !digest.includes(':')) refuse(text, 'credentials are user:password');
  const address = rest.slice(credentialsEnd + 1);
  const slash = address.indexOf('/');
  const servers = (slash < 0 ? address : address.slice(0, slash))
    .split(',')
    .map((part) => parseServer(part, text));
  const path = slash < 0 ? '/' : address.slice(slash).replace(/\/+$/, '') || '/';
  if (path.includes('//')) refuse(text, `"${path}" is not a path`);
  return { servers, path, digest };
}
