export type { StateChange, StateManager } from './contract.ts';
export { type StateEvent, type StateEvents, stateEvents } from './events.ts';
export type { FlappingSettings } from './flapping.ts';
export { stateManager } from './state-manager.ts';
export { startWatchdogs } from './watchdogs/start.ts';
