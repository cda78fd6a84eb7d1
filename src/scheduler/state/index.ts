export type { Assignment, StateChange, StateChangeResult, StateManager } from './contract.ts';
export { type StateEvent, type StateEvents, stateEvents } from './events.ts';
