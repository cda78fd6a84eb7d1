import { createWriteStream } from 'node:fs';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { AuroraError } from '../../base/errors.ts';

/** A download that receives nothing for this long is given up. Source: Mesos' --fetcher_stall_timeout. */
const STALL_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 10;

function request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const call = get(url, { agent: false, signal, timeout: STALL_TIMEOUT_MS }, resolve);
    call.once('timeout', () =>
      call.destroy(new AuroraError('TIMEOUT', `nothing came for ${STALL_TIMEOUT_MS / 1000} s`)),
    );
    call.once('error', reject);
  });
}

/**
 * Downloads an http(s) URL into a new file; follows redirects.
 * @throws AuroraError NETWORK for a status other than 200, TIMEOUT when it stalls; Error when the connection breaks
 */
export async function download(address: string, target: string, signal: AbortSignal): Promise<void> {
  let url = new URL(address);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await request(url, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return pipeline(response, createWriteStream(target, { flags: 'wx' }));
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location)
      throw new AuroraError('NETWORK', `the server answered ${statusCode}`, { where: url.href });
    url = new URL(headers.location, url);
    if (!/^https?:$/.test(url.protocol))
      throw new AuroraError('NETWORK', `redirected to ${url.protocol}`, { where: address });
  }
  throw new AuroraError('NETWORK', `more than ${MAX_REDIRECTS} redirects`, { where: address });
}
