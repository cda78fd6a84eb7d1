import { readFileSync } from 'node:fs';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Cluster } from './clusters.ts';
import { netrcAuthorization } from './netrc.ts';
import type { Session } from './session.ts';

/**
 * How the client connects to a cluster: the credentials it sends and the certificates it trusts. Paths are absolute.
 */
export interface Access {
  /** Where the credentials come from; part of the message when they are refused. */
  readonly source: string;
  /** What the user should do when the credentials are refused. */
  readonly advice: string;
  /** The value of the Authorization header for a host. Throws CONFIG and AUTH. */
  authorization(hostname: string): Promise<string | undefined>;
  /** PEM files; undefined means the default. */
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/**
 * Environment variables, meant for CI. When `AURORA_CLUSTER` is set, credentials count for that cluster only, so that a
 * token is never sent to another one.
 */
const own = (env: Session['env'], cluster: Pick<Cluster, 'name'>): Session['env'] =>
  env.AURORA_CLUSTER && env.AURORA_CLUSTER !== cluster.name ? {} : env;

/**
 * How to connect to a cluster: from the environment, else from its entry, else from the netrc file. Reads no file yet.
 */
export function accessTo(cluster: Cluster | undefined, env: Session['env']): Access {
  const { name = '', access: entry = {} } = cluster ?? {};
  const variables = own(env, { name });
  const files = {
    caFile:
      variables.AURORA_CA_FILE || entry.caFile || env.REQUESTS_CA_BUNDLE || env.CURL_CA_BUNDLE || undefined,
    certificateFile: variables.AURORA_CLIENT_CERTIFICATE || entry.certificateFile,
    keyFile: variables.AURORA_CLIENT_KEY || entry.keyFile,
  };
  const from = (source: string, advice: string, authorization: Access['authorization']): Access => ({
    source,
    advice,
    authorization,
    ...files,
  });
  const bearer = (token: string) => `Bearer ${headerSafe(token, name)}`;
  const { AURORA_TOKEN: token, AURORA_TOKEN_FILE: tokenFile, AURORA_USERNAME: username } = variables;
  if (token) return from('AURORA_TOKEN', 'get a new token', async () => bearer(token));
  if (tokenFile)
    return from('the token of AURORA_TOKEN_FILE', 'get a new token', async () => bearer(textOf(tokenFile)));
  if (username) {
    const password = variables.AURORA_PASSWORD ?? '';
    return from('AURORA_USERNAME and AURORA_PASSWORD', 'correct them', async () => basic(username, password));
  }
  if (entry.tokenFile) {
    const { tokenFile: file } = entry;
    return from(`the token in ${file}`, 'get a new token', async () => bearer(textOf(file)));
  }
  if (entry.username) {
    const { username: user, passwordFile } = entry;
    const password = () => (passwordFile ? textOf(passwordFile) : '');
    return from(`the user ${user} of the cluster's entry`, 'correct its password_file', async () =>
      basic(user, password()),
    );
  }
  if (entry.mechanism === 'KERBEROS') {
    return from("Kerberos' ticket", "see 'klist', and get a ticket with 'kinit'", async (hostname) => {
      const { negotiation } = await import('./kerberos.ts');
      return negotiation(hostname);
    });
  }
  return from(
    'the login of the netrc file',
    'correct or add the line of this host in ~/.netrc',
    async (hostname) => netrcAuthorization(env, hostname),
  );
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A token as one printable word; a second line would become a header of its own. Throws CONFIG for any other token. */
function headerSafe(token: string, cluster: string): string {
  const text = token.trim();
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new AuroraError('CONFIG', `the token for ${cluster || 'the scheduler'} is not one word`, {
    next: 'look at what AURORA_TOKEN or the token file holds',
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new AuroraError('CONFIG', `credentials cannot be read: ${messageOf(cause)}`, {
      next: "correct the path in the cluster's entry or the environment",
      cause,
    });
  }
}
