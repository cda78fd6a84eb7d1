import { AuroraError } from '../../base/errors.ts';
import { type NodeAccess, parseConnectString, type ZooKeeperSessionOptions } from '../../zookeeper/index.ts';
import type { SchedulerOptions } from '../flags/parse.ts';

/** The flags that say where ZooKeeper is and what is stored there. */
export type EnsembleFlags = Pick<
  SchedulerOptions,
  | 'logAddress'
  | 'logZkPath'
  | 'serversetPath'
  | 'zkChrootPath'
  | 'zkConnectionTimeoutMs'
  | 'zkDigestCredentials'
  | 'zkEndpoints'
  | 'zkSessionTimeoutMs'
>;

/** A path in an ensemble, with everything that a session needs to work there. */
export interface EnsemblePlace {
  readonly connect: Pick<
    ZooKeeperSessionOptions,
    'servers' | 'chroot' | 'digest' | 'sessionTimeoutMs' | 'connectTimeoutMs'
  >;
  readonly path: string;
  /** Access of the nodes that we create; only ours if we have credentials. */
  readonly access: NodeAccess;
  /** For messages; without credentials. */
  readonly shown: string;
}

const refuse = (text: string, next: string) => new AuroraError('USAGE', text, { next });

/** Checks an absolute path without a trailing slash. @throws AuroraError USAGE naming the flag */
function absolute(path: string, flag: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (/^(\/[^/]+)+$/.test(trimmed)) return trimmed;
  throw refuse(`flag -${flag}: "${path}" is not a path in ZooKeeper`, `write -${flag}=/a/path`);
}

function placed(
  flags: EnsembleFlags,
  servers: ZooKeeperSessionOptions['servers'],
  path: string,
  more: Partial<EnsemblePlace['connect']>,
): EnsemblePlace {
  const { chroot = '', digest } = more;
  return {
    connect: {
      servers,
      ...more,
      sessionTimeoutMs: flags.zkSessionTimeoutMs,
      connectTimeoutMs: flags.zkConnectionTimeoutMs,
    },
    path,
    access: digest === undefined ? 'open' : 'creator-all-world-read',
    shown: `zk://${servers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')}${chroot}${path}`,
  };
}

/** A path in the ensemble of -zk_endpoints. */
function inEndpoints(flags: EnsembleFlags, path: string, flag: string): EnsemblePlace {
  const { zkEndpoints, zkChrootPath, zkDigestCredentials: digest } = flags;
  if (zkEndpoints.length === 0)
    throw refuse(`flag -${flag} needs -zk_endpoints`, 'write -zk_endpoints=HOST:PORT,...');
  if (digest !== undefined && !digest.includes(':'))
    throw refuse(
      'flag -zk_digest_credentials is not user:password',
      'write -zk_digest_credentials=USER:PASSWORD',
    );
  return placed(flags, parseConnectString(zkEndpoints.join(',')).servers, absolute(path, flag), {
    chroot: zkChrootPath && absolute(zkChrootPath, 'zk_chroot_path'),
    digest,
  });
}

/** Where schedulers elect their leader; undefined: this one leads at once. @throws AuroraError USAGE, BAD_PARAMETER */
export const electionPlace = (flags: EnsembleFlags): EnsemblePlace | undefined =>
  flags.serversetPath === undefined ? undefined : inEndpoints(flags, flags.serversetPath, 'serverset_path');

/** Where the log is in ZooKeeper; undefined: it is in the data directory. @throws AuroraError USAGE, BAD_PARAMETER */
export function logPlace(flags: EnsembleFlags): EnsemblePlace | undefined {
  const { logAddress, logZkPath } = flags;
  if (logAddress === undefined)
    return logZkPath === undefined ? undefined : inEndpoints(flags, logZkPath, 'native_log_zk_group_path');
  if (!logAddress.startsWith('zk://'))
    throw refuse(`flag -log: this is not an address of ZooKeeper`, 'write -log=zk://HOST:PORT,.../path');
  if (logZkPath !== undefined)
    throw refuse('flags -log and -native_log_zk_group_path both say where the log is', 'give one of them');
  const { servers, path, digest } = parseConnectString(logAddress);
  if (path === '/') throw refuse('flag -log names no path', 'write -log=zk://HOST:PORT,.../path');
  return placed(flags, servers, path, { digest });
}
