export { parseConnectString } from './connect-string.ts';
export { type Election, joinElection } from './election.ts';
export { failureOf } from './failure.ts';
export { type ServerSetPlace, serverSetPlace } from './join-server-set.ts';
export { decodeMember, type Endpoint, encodeMember, type Member } from './member.ts';
export { persist } from './persist.ts';
export { announceMember, readMembers, watchMembers } from './server-set.ts';
export { openSession } from './session.ts';
export type {
  AccessEntry,
  Change,
  NodeAccess,
  SessionState,
  ZooKeeperCredential,
  ZooKeeperSession,
  ZooKeeperSessionOptions,
} from './session-contract.ts';
export { watchChildren } from './watch.ts';
