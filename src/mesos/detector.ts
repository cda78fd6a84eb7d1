import { AuroraError } from '../base/errors.ts';

/** Where a master listens. */
export interface MasterAddress {
  readonly host: string;
  readonly port: number;
  /** What it is called, when that is known beside its address. */
  readonly name?: string;
}

/** Knows the leading master, or one that redirects to it. */
export interface MasterDetector {
  /**
   * Calls `listener` with the leader as soon as it is known and whenever it changes, and with undefined when there is
   * none. The returned function stops it; its promise resolves when nothing is left open.
   */
  watch(listener: (leader: MasterAddress | undefined) => void): () => Promise<void>;
}

const DEFAULT_PORT = 5050;

/**
 * Parses `host:port`, `[v6]:port`, or a host alone (port 5050).
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

/** Always names the same master; if that one does not lead, it redirects to the leader. */
export const staticDetector = (address: MasterAddress): MasterDetector => ({
  watch(listener) {
    let stopped = false;
    queueMicrotask(() => stopped || listener(address));
    return async () => {
      stopped = true;
    };
  },
});
