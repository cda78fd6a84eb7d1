import type { FlagSlice } from '../flags/slices.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { ServeOptions } from './server.ts';

/** Node measures the time for a request's head from the end of the previous request, so the idle time is part of it. */
const HEAD_BEYOND_IDLE_MS = 5_000;
const LOOK_MS = 10_000;

/** Turns the flags into the options of a server's connections. */
export function connectionOptions(
  flags: FlagSlice<'connecting'>,
  world: Pick<ConnectionLimits, 'counters' | 'log'>,
): ServeOptions {
  const { httpIdleTimeoutMs, httpReaderTimeoutMs, httpRequestTimeoutMs } = flags;
  const shortestMs = Math.min(httpIdleTimeoutMs, httpReaderTimeoutMs, httpRequestTimeoutMs);
  return {
    times: {
      keepAliveMs: httpIdleTimeoutMs,
      headLimitMs: httpIdleTimeoutMs + HEAD_BEYOND_IDLE_MS,
      requestLimitMs: httpRequestTimeoutMs,
      lookMs: Math.min(LOOK_MS, Math.ceil(shortestMs / 4)),
    },
    limits: {
      ...world,
      perAddress: flags.httpMaxConnectionsPerAddress,
      readerLimitMs: httpReaderTimeoutMs,
    },
    maxHeaderBytes: flags.httpMaxHeaderBytes,
  };
}
