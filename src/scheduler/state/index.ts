export type { Assignment, StateChange, StateChangeResult, StateManager } from './contract.ts';
export { type StateEvent, type StateEvents, stateEvents } from './events.ts';
export type { FlappingSettings } from './flapping.ts';
export { type StateManagerOptions, stateManager } from './state-manager.ts';
export { startWatchdogs, type WatchdogOptions, type WatchdogSettings } from './watchdogs/start.ts';
