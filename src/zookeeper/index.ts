export { type ConnectString, parseConnectString, type Server } from './connect-string.ts';
export { type FailureName, failureOf } from './failure.ts';
export {
  type NodeAccess,
  type NodeData,
  type NodeKind,
  openSession,
  type Session,
  type SessionOptions,
  type SessionState,
} from './session.ts';
export { keepReading, type WatchOptions, watchChildren } from './watch.ts';
