export { healthCompanion } from './companion.ts';
export { healthConfig } from './config.ts';
