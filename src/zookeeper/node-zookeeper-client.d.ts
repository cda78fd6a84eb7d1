/** The parts of node-zookeeper-client 1.1.3 that we and our tests use, including its internal connection manager. */
declare module 'node-zookeeper-client' {
  import type { Socket } from 'node:net';

  export interface Acl {
    readonly permission: number;
    readonly id: { readonly scheme: string; readonly id: string };
  }
  export interface Stat {
    readonly version: number;
    readonly numChildren: number;
    readonly ephemeralOwner: Buffer;
  }
  export interface Failure extends Error {
    readonly name: string;
    readonly code: number;
  }
  /** One operation of a transaction, as the library's packet builder takes it. */
  export interface TransactionOp {
    readonly type: number;
    readonly path: string;
    readonly version?: number;
    readonly data?: Buffer;
    readonly acls?: Acl[];
    readonly mode?: number;
  }
  export interface Response {
    readonly payload: { readonly results: { readonly err?: number }[] };
  }
  interface Manager {
    socket: Socket | undefined;
    zxid: Buffer;
    connectTimeoutHandler: NodeJS.Timeout | null;
    connect(): void;
    onSocketData(bytes: Buffer): void;
    onSocketTimeout(): void;
    onSocketConnected(): void;
    onSocketError(error: Error): void;
    onSocketClosed(): void;
    findNextServer(use: (server: { readonly host: string; readonly port: number }) => void): void;
    queue(request: object, done: (error: Failure | null, response?: Response) => void): void;
  }
  type Done<T extends unknown[]> = (error: Failure | null | undefined, ...results: T) => void;
  export interface Client {
    readonly connectionManager: Manager;
    on(event: 'connected' | 'disconnected' | 'expired' | 'authenticationFailed', listener: () => void): void;
    connect(): void;
    close(): void;
    addAuthInfo(scheme: string, auth: Buffer): void;
    getSessionId(): Buffer;
    getSessionPassword(): Buffer;
    getSessionTimeout(): number;
    getState(): { readonly name: string };
    create(path: string, data: Buffer, acls: Acl[], mode: number, done: Done<[string]>): void;
    remove(path: string, version: number, done: Done<[]>): void;
    setData(path: string, data: Buffer, version: number, done: Done<[Stat]>): void;
    exists(path: string, watcher: (() => void) | undefined, done: Done<[Stat | null]>): void;
    getData(path: string, watcher: (() => void) | undefined, done: Done<[Buffer | undefined, Stat]>): void;
    getACL(path: string, done: Done<[Acl[], Stat]>): void;
    getChildren(path: string, watcher: (() => void) | undefined, done: Done<[string[], Stat]>): void;
  }
  export function createClient(
    servers: string,
    options: { sessionTimeout: number; sessionId?: Buffer; sessionPassword?: Buffer },
  ): Client;
  export const Id: new (scheme: string, id: string) => Acl['id'];
  export const ACL: {
    new (permission: number, id: Acl['id']): Acl;
    readonly OPEN_ACL_UNSAFE: Acl[];
    readonly CREATOR_ALL_ACL: Acl[];
    readonly READ_ACL_UNSAFE: Acl[];
  };
  export const CreateMode: {
    readonly PERSISTENT: number;
    readonly PERSISTENT_SEQUENTIAL: number;
    readonly EPHEMERAL: number;
    readonly EPHEMERAL_SEQUENTIAL: number;
  };
}

declare module 'node-zookeeper-client/lib/jute/index.js' {
  import type { TransactionOp } from 'node-zookeeper-client';

  const jute: {
    readonly OP_CODES: Readonly<Record<'CREATE' | 'DELETE' | 'SET_DATA' | 'CHECK' | 'MULTI', number>>;
    readonly protocol: { readonly RequestHeader: new () => { type: number } };
    readonly Request: new (header: object, payload: object) => object;
    readonly TransactionRequest: new (ops: TransactionOp[]) => { byteLength(): number };
  };
  export default jute;
}
