export { openLocalLog } from './log/local-log.ts';
export type { Generation, Log, LogReader } from './log/log.ts';
export { openZooKeeperLog } from './log/zookeeper/zookeeper-log.ts';
export { openStorage, type Storage, type StorageOptions, type WriteTransaction } from './storage.ts';
export type * from './stores.ts';
export { memoryTables } from './tables.ts';
export { assignedTask, scheduledTask, taskEvent } from './task-shape.ts';
