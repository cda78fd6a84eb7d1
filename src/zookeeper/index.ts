export { parseConnectString } from './connect-string.ts';
export { failureOf } from './failure.ts';
export { openSession, type Session, type SessionOptions, type SessionState } from './session.ts';
export { watchChildren } from './watch.ts';
