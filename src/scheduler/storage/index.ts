export { configKey } from './canonical.ts';
export { jobKeyText, jobUpdateKeyText } from './keys.ts';
export { type LocalLogOptions, openLocalLog } from './log/local-log.ts';
export type { Log, RecoveredLog } from './log/log.ts';
export type { SnapshotPolicy } from './snapshot-schedule.ts';
export { openStorage, type Storage, type StorageOptions, type WriteTransaction } from './storage.ts';
export type * from './stores.ts';
export { assignedTask, scheduledTask, taskEvent } from './task-shape.ts';
