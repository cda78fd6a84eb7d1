export type { Log, RecoveredLog } from './log/log.ts';
export type { Storage, WriteTransaction } from './storage.ts';
export type * from './stores.ts';
