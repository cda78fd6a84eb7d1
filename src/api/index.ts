export { type CodecError, type CodecErrorKind, codecErrorKind } from './codec-error.ts';
export * from './constants.ts';
export * from './i64.ts';
export type * from './names.ts';
export { normalise } from './normalise.ts';
export { TYPES } from './tables/all.ts';
export { CALLS } from './tables/calls.ts';
export { ENUMS } from './tables/enums.ts';
export type * from './types.ts';
