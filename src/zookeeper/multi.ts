/**
 * Sends several changes in one packet, of which all or none are carried out. The library's own transaction is not used:
 * it takes version 0, the version of every new node, for "any version", does not tell which change failed, and throws
 * in the middle of its parser on unknown error codes.
 */
import type { Acl, Client, TransactionOp } from 'node-zookeeper-client';
import jute from 'node-zookeeper-client/lib/jute/index.js';
import { failureNameOf, requestFailure } from './failure.ts';

/** One change; its path already includes the chroot. */
export type ChangeOp =
  | { readonly kind: 'create'; readonly path: string; readonly data: Uint8Array; acls: Acl[]; mode: number }
  | { readonly kind: 'check'; readonly path: string; readonly version: number }
  | { readonly kind: 'write'; readonly path: string; readonly data: Uint8Array; readonly version: number }
  | { readonly kind: 'remove'; readonly path: string; readonly version: number };

/** The packet limit of a server with default settings. A server that gets a larger packet cuts the connection silently. */
const MAX_PACKET_BYTES = 0xf_ffff;

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function opOf(change: ChangeOp): TransactionOp {
  const { path } = change;
  switch (change.kind) {
    case 'create':
      return {
        type: jute.OP_CODES.CREATE,
        path,
        data: asBuffer(change.data),
        acls: change.acls,
        mode: change.mode,
      };
    case 'write':
      return {
        type: jute.OP_CODES.SET_DATA,
        path,
        data: asBuffer(change.data),
        version: change.version,
      };
    case 'check':
      return { type: jute.OP_CODES.CHECK, path, version: change.version };
    case 'remove':
      return { type: jute.OP_CODES.DELETE, path, version: change.version };
  }
}

const describe = (changes: readonly ChangeOp[], at: number): string => {
  const { kind, path } = changes[at] as ChangeOp;
  return changes.length === 1 ? `${kind} ${path}` : `${kind} ${path} (change ${at + 1} of ${changes.length})`;
};

/** Sends the changes as one packet. `done` gets undefined, or the failure of the change that failed. */
export function sendMulti(
  client: Client,
  changes: readonly ChangeOp[],
  done: (error: Error | undefined) => void,
): void {
  const header = new jute.protocol.RequestHeader();
  header.type = jute.OP_CODES.MULTI;
  const payload = new jute.TransactionRequest(changes.map(opOf));
  const bytes = payload.byteLength();
  if (bytes > MAX_PACKET_BYTES) {
    const what = `${changes.length} changes of ${bytes} bytes, first ${describe(changes, 0)}`;
    done(requestFailure('BAD_ARGUMENTS', what, `one packet holds ${MAX_PACKET_BYTES} bytes`));
    return;
  }
  client.connectionManager.queue(new jute.Request(header, payload), (error, response) => {
    if (error) return done(error);
    // On failure every change has an error: OK (0) before the failing one, RUNTIME_INCONSISTENCY after it.
    const failed = response?.payload.results.findIndex(({ err }) => err !== undefined && err !== 0) ?? -1;
    const code = response?.payload.results[failed]?.err;
    done(code === undefined ? undefined : requestFailure(failureNameOf(code), describe(changes, failed)));
  });
}
