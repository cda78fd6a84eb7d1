import { createConnection, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
} from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type Files, systemFiles } from './files.ts';
import { followFiles } from './followed-files.ts';
import { certificateOf, keyOf, textOf } from './server-files.ts';

/** PEM files with which a client proves who it is, and checks who the server is. */
export interface ClientTlsPaths {
  /** Authorities that sign servers' certificates; undefined trusts those of the system. */
  readonly ca: string | undefined;
  /** Our own certificate and its key, both or neither. */
  readonly own: { readonly certificate: string; readonly key: string } | undefined;
}

export interface ClientTlsSettings {
  readonly paths: ClientTlsPaths;
  /** The name that the server's certificate must have; undefined takes the address, or the name that is known for it. */
  readonly name: string | undefined;
  /** Whether the server's certificate is checked at all; default true. */
  readonly verify?: boolean;
  /** Whether a key that other users may read is refused rather than warned of. */
  readonly refuseReadable?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly files?: Files;
  /** Called once for every new version of the files that cannot be used. */
  onBad?(): void;
}

/** `name` is what the server at this address is called; its certificate may have either. */
interface TlsServer {
  readonly host: string;
  readonly port: number;
  readonly name?: string;
}

/** Opens encrypted connections, always with the latest good version of the files. */
export interface ClientTls {
  /** A Unix socket is not encrypted: what guards it are the permissions of its file. */
  connect(server: TlsServer | { readonly socketPath: string }): Socket;
  /** Stops looking at the files. */
  close(): void;
}

/** @throws AuroraError CONFIG naming the file; never shows any part of the key. */
async function readContext(files: Files, { ca, own }: ClientTlsPaths): Promise<SecureContext> {
  const context = {
    ca: ca === undefined ? undefined : await textOf(files, ca),
    cert: own && (await textOf(files, own.certificate)),
    key: own && (await textOf(files, own.key)),
    minVersion: 'TLSv1.2' as const,
  };
  if (context.ca !== undefined) certificateOf(context.ca, ca as string);
  if (own) {
    const isPair = certificateOf(context.cert as string, own.certificate).checkPrivateKey(
      keyOf(context.key as string, own.key),
    );
    if (!isPair)
      throw new AuroraError('CONFIG', `the key does not belong to the certificate ${own.certificate}`, {
        where: own.key,
      });
  }
  try {
    return createSecureContext(context);
  } catch (cause) {
    throw new AuroraError('CONFIG', `the files for TLS are not good: ${messageOf(cause)}`, { cause });
  }
}

/** Why a certificate has none of the names; undefined when it has one. */
function misnamed(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  const errors = names.map((name) => checkServerIdentity(name, certificate));
  return errors.includes(undefined) ? undefined : errors[0];
}

/**
 * Reads the files, and follows their changes.
 * @throws AuroraError CONFIG for unusable files.
 */
export async function openClientTls(settings: ClientTlsSettings): Promise<ClientTls> {
  const { clock, files = systemFiles, log, name: expected, paths, refuseReadable, verify = true } = settings;
  const { ca, own } = paths;
  const all = [...(own ? [own.certificate, own.key] : []), ...(ca === undefined ? [] : [ca])];
  const followed = await followFiles({
    paths: all,
    secret: own ? [own.key] : [],
    refuseReadable,
    files,
    clock,
    log,
    what: 'the files for TLS',
    read: () => readContext(files, paths),
    judge() {},
    onBad: () => settings.onBad?.(),
  });
  let context = followed.first;
  const stop =
    all.length === 0
      ? () => {}
      : followed.follow((version) => {
          context = version;
        });
  return {
    connect(server) {
      if ('socketPath' in server) return createConnection(server.socketPath);
      const { host, name, port } = server;
      const names = expected === undefined ? [host, ...(name === undefined ? [] : [name])] : [expected];
      return connectTls({
        host,
        port,
        secureContext: context,
        servername: names.find((each) => isIP(each) === 0) ?? '',
        rejectUnauthorized: verify,
        checkServerIdentity: (_, certificate) => misnamed(names, certificate),
      });
    },
    close: stop,
  };
}
