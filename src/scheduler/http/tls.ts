import type { SecureContextOptions } from 'node:tls';
import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import { type Files, systemFiles } from '../security/watched-file.ts';
import { readTls, type TlsPaths, type TlsVersion } from './tls-files.ts';

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

export interface TlsSettings {
  readonly flags: FlagSlice<'encrypting'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly files?: Files;
}

/** Interval between two checks of the files. */
const LOOK_MS = 1000;
/**
 * Files changed less than this ago wait for a later check: they may be half written, or the other one of a pair still
 * missing.
 */
const SETTLED_MS = 1000;
/** A warning is logged when the certificate expires within this time. */
const WARNED_MS = 7 * 24 * 3600 * 1000;

const FAILURES = 'http_tls_file_failures';

/** @throws AuroraError USAGE */
function pathsOf({
  httpTlsCertificate: certificate,
  httpTlsClientCa: clientCa,
  httpTlsClientCertificates: asked,
  httpTlsKey: key,
}: FlagSlice<'encrypting'>): TlsPaths | undefined {
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

async function stateOf(files: Files, { certificate, clientCa, key }: TlsPaths) {
  const states = [];
  for (const path of [certificate, key, ...(clientCa === undefined ? [] : [clientCa])])
    states.push(await files.state(path));
  return {
    version: states.map(({ version }) => version).join(' / '),
    changedMs: Math.max(...states.map(({ changedMs }) => changedMs)),
    isKeyOpen: ((states[1]?.mode ?? 0) & 0o077) !== 0,
  };
}

/**
 * TLS as the flags configure it; undefined when they do not. The files are checked again and again: a good new version
 * is handed on; a bad one is reported once, and the previous version stays in use.
 * @throws AuroraError USAGE for flags that contradict each other, CONFIG for unusable files.
 */
export async function openTls(settings: TlsSettings): Promise<Tls | undefined> {
  const { clock, counters, files = systemFiles, flags, log } = settings;
  const paths = pathsOf(flags);
  if (!paths) return undefined;
  const file = paths.certificate;
  const judge = ({ fromMs, untilMs }: TlsVersion, isKeyOpen: boolean) => {
    const nowMs = clock.nowMs();
    const until = new Date(untilMs).toISOString();
    if (untilMs <= nowMs) log.error({ file, until }, 'the certificate has expired; clients refuse it');
    else if (fromMs > nowMs) log.error({ file }, 'the certificate is not valid yet; clients refuse it');
    else if (untilMs - nowMs < WARNED_MS) log.warn({ file, until }, 'the certificate expires soon');
    if (isKeyOpen)
      log.warn({ file: paths.key }, 'other users of this machine may read the key: chmod 600 it');
  };
  const first = await stateOf(files, paths).catch((cause) => {
    throw new AuroraError('CONFIG', `a file for TLS cannot be read: ${messageOf(cause)}`, { cause });
  });
  const current = await readTls(files, paths);
  judge(current, first.isKeyOpen);
  counters.add(FAILURES, 0);
  let seen = first.version;
  let trouble = '';
  const newVersion = async (): Promise<TlsVersion | undefined> => {
    const before = await stateOf(files, paths);
    const ageMs = clock.nowMs() - before.changedMs;
    if (before.version === seen || (ageMs >= 0 && ageMs < SETTLED_MS)) return undefined;
    const version = await readTls(files, paths).catch((error) => error as Error);
    // The files changed while they were read; the next check reads them again.
    if ((await stateOf(files, paths)).version !== before.version) return undefined;
    seen = before.version;
    if (version instanceof Error) throw version;
    trouble = '';
    judge(version, before.isKeyOpen);
    return version;
  };
  const failed = (error: unknown) => {
    const what = messageOf(error);
    if (what === trouble) return;
    trouble = what;
    counters.add(FAILURES);
    log.error({ file }, `the new files for TLS are not good: ${what}; those before stay in force`);
  };
  return {
    options: {
      ...current.context,
      requestCert: paths.clientCa !== undefined,
      rejectUnauthorized: flags.httpTlsClientCertificates === 'required',
    },
    follow(take) {
      let ended = false;
      let timer: Timer;
      const look = async () => {
        try {
          const version = await newVersion();
          if (ended) return;
          if (version) {
            take(version.context);
            log.info({ file }, 'certificate and key were read again');
          }
        } catch (error) {
          if (!ended) failed(error);
        }
        if (!ended) arm();
      };
      const arm = () => {
        timer = clock.after(LOOK_MS, () => void look());
      };
      arm();
      return () => {
        ended = true;
        timer.cancel();
      };
    },
  };
}
