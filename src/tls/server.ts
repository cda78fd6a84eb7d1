import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type Files, systemFiles } from './files.ts';
import { followFiles } from './followed-files.ts';
import { readTls, type TlsPaths, type TlsVersion } from './server-files.ts';

/** What a TLS server is created with. */
export interface Tls {
  readonly options: SecureContextOptions & {
    readonly requestCert: boolean;
    readonly rejectUnauthorized: boolean;
  };
  /**
   * Calls `take` with each new version of the files.
   * @returns a function that ends this.
   */
  follow(take: (context: SecureContextOptions) => void): () => void;
}

/** The flags of a server, the same for scheduler and observer. */
interface ServerTlsFlags {
  readonly httpTlsCertificate?: string | undefined;
  readonly httpTlsClientCa?: string | undefined;
  readonly httpTlsClientCertificates?: string | undefined;
  readonly httpTlsKey?: string | undefined;
  /** Whether a key that other users may read is refused rather than warned of. */
  readonly refuseReadableSecrets: boolean;
}

export interface TlsSettings {
  readonly flags: ServerTlsFlags;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: { add(name: string, by?: number): void };
  readonly files?: Files;
}

/** A warning is logged when the certificate expires within this time. */
const WARNED_MS = 7 * 24 * 3600 * 1000;

const FAILURES = 'http_tls_file_failures';

/** @throws AuroraError USAGE */
function pathsOf({
  httpTlsCertificate: certificate,
  httpTlsClientCa: clientCa,
  httpTlsClientCertificates: asked,
  httpTlsKey: key,
}: ServerTlsFlags): TlsPaths | undefined {
  const lacking = (flag: string, why: string) =>
    new AuroraError('USAGE', `flag -${flag} is needed: ${why}`, { next: 'see docs/security.md' });
  if (certificate === undefined && key === undefined) {
    if (clientCa === undefined && asked === undefined) return undefined;
    throw lacking('http_tls_certificate', 'certificates of clients take TLS');
  }
  if (certificate === undefined) throw lacking('http_tls_certificate', 'a key alone encrypts nothing');
  if (key === undefined) throw lacking('http_tls_key', 'a certificate takes its key');
  if (asked !== undefined && clientCa === undefined)
    throw lacking('http_tls_client_ca', 'it says whose certificates count');
  return { certificate, key, clientCa };
}

/**
 * TLS as the flags configure it; undefined when they do not. New versions of the files are followed.
 * @throws AuroraError USAGE for flags that contradict each other, CONFIG for unusable files.
 */
export async function openTls(settings: TlsSettings): Promise<Tls | undefined> {
  const { clock, counters, files = systemFiles, flags, log } = settings;
  const paths = pathsOf(flags);
  if (!paths) return undefined;
  const { certificate: file, clientCa, key } = paths;
  const judge = ({ fromMs, untilMs }: TlsVersion) => {
    const nowMs = clock.nowMs();
    const until = new Date(untilMs).toISOString();
    if (untilMs <= nowMs) log.error({ file, until }, 'the certificate has expired; clients refuse it');
    else if (fromMs > nowMs) log.error({ file }, 'the certificate is not valid yet; clients refuse it');
    else if (untilMs - nowMs < WARNED_MS) log.warn({ file, until }, 'the certificate expires soon');
  };
  const followed = await followFiles({
    paths: [file, key, ...(clientCa === undefined ? [] : [clientCa])],
    secret: [key],
    refuseReadable: flags.refuseReadableSecrets,
    files,
    clock,
    log,
    what: 'the files for TLS',
    read: () => readTls(files, paths),
    judge,
    onBad: () => counters.add(FAILURES),
  });
  counters.add(FAILURES, 0);
  return {
    options: {
      ...followed.first.context,
      requestCert: clientCa !== undefined,
      rejectUnauthorized: flags.httpTlsClientCertificates === 'required',
    },
    follow: (take) => followed.follow(({ context }) => take(context)),
  };
}
