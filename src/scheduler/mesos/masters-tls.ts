import { AuroraError } from '../../base/errors.ts';
import { type ClientTls, type ClientTlsSettings, openClientTls } from '../../tls/client.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';

export interface MastersTlsSettings extends Pick<ClientTlsSettings, 'clock' | 'log' | 'files'> {
  readonly flags: FlagSlice<'encryptingMesos'>;
  readonly counters: Pick<Counters, 'add'>;
}

const FAILURES = 'mesos_tls_file_failures';

/**
 * TLS towards Mesos masters as the flags configure it; undefined when they do not.
 * @throws AuroraError USAGE for flags that contradict each other, CONFIG for unusable files.
 */
export async function mastersTls({
  counters,
  flags,
  ...world
}: MastersTlsSettings): Promise<ClientTls | undefined> {
  const {
    mesosTls,
    mesosTlsCa: ca,
    mesosTlsCertificate: certificate,
    mesosTlsKey: key,
    mesosTlsName: name,
  } = flags;
  if ((certificate === undefined) !== (key === undefined))
    throw new AuroraError('USAGE', '-mesos_tls_certificate and -mesos_tls_key are needed together', {
      next: 'see docs/security.md',
    });
  const own = certificate === undefined || key === undefined ? undefined : { certificate, key };
  if (!mesosTls && ca === undefined && !own && name === undefined) return undefined;
  counters.add(FAILURES, 0);
  return openClientTls({
    ...world,
    paths: { ca, own },
    name,
    refuseReadable: flags.refuseReadableSecrets,
    onBad: () => counters.add(FAILURES),
  });
}
