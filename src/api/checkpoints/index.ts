export * from './layout.ts';
export {
  type CheckpointRecord,
  encodeCheckpoint,
  type ProcessStatus,
  type RunnerHeader,
  readCheckpoints,
  readWholeCheckpoints,
} from './records.ts';
export {
  applyCheckpoint,
  type CheckpointState,
  type CheckpointTaskState,
  emptyCheckpoint,
  isRunOver,
  isTaskOver,
  type ReduceMode,
  type RunStatus,
} from './state.ts';
