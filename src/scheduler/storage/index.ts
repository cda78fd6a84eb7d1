export { openLocalLog } from './log/local-log.ts';
export type { Generation, Log, LogReader, Recovery } from './log/log.ts';
export { openStorage, type Storage, type WriteTransaction } from './storage.ts';
export type * from './stores.ts';
export { assignedTask, scheduledTask, taskEvent } from './task-shape.ts';
