export { openLocalLog } from './log/local-log.ts';
export type { Log } from './log/log.ts';
export { openStorage, type Storage, type WriteTransaction } from './storage.ts';
export type * from './stores.ts';
export { assignedTask, scheduledTask, taskEvent } from './task-shape.ts';
