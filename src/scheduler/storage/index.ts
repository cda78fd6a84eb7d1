export type { StorageCounters } from './counted-log.ts';
export { openLocalLog } from './log/local-log.ts';
export type { Generation, Log, LogReader, Recovery } from './log/log.ts';
export { openZooKeeperLog } from './log/zookeeper/zookeeper-log.ts';
export type { StateView } from './state-view.ts';
export { openStorage, type Storage, type StorageOptions, type WriteTransaction } from './storage.ts';
export type * from './stores.ts';
export { memoryTables, type Tables } from './tables.ts';
export { assignedTask, scheduledTask, taskEvent } from './task-shape.ts';
