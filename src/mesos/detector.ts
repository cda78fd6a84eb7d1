import { AuroraError } from '../base/errors.ts';

/** Where a master listens. */
export interface MasterAddress {
  readonly host: string;
  readonly port: number;
}

/** Knows the leading master, or one that redirects to it. */
export interface MasterDetector {
  /**
   * Calls `listener` with the leader whenever it changes, the first time as soon as it is known, and with undefined when
   * there is none. Stops when the returned function is called; its promise resolves when nothing is left open.
   */
  watch(listener: (leader: MasterAddress | undefined) => void): () => Promise<void>;
}

const DEFAULT_PORT = 5050;

/**
 * Reads `host:port`, `[v6]:port`, or a host alone (port 5050).
 * @throws AuroraError BAD_PARAMETER
 */
export function parseMasterAddress(text: string): MasterAddress {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:/[\]\s]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535)
    throw new AuroraError('BAD_PARAMETER', `"${text}" is not the address of a master`, {
      next: 'write host:port, [v6 address]:port or zk://host1:port1,host2:port2/path',
    });
  return { host, port };
}

/** A master that does not change; when it does not lead, its redirect names the one that does. */
export const staticDetector = (address: MasterAddress): MasterDetector => ({
  watch(listener) {
    let stopped = false;
    queueMicrotask(() => stopped || listener(address));
    return async () => {
      stopped = true;
    };
  },
});
