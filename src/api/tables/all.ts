import { CHECKPOINTS } from './checkpoints.ts';
import { CONTAINERS } from './containers.ts';
import { ENVELOPE } from './envelope.ts';
import { IDENTITY } from './identity.ts';
import { JOBS } from './jobs.ts';
import { KEYS } from './keys.ts';
import { MAINTENANCE } from './maintenance.ts';
import { RESOURCES } from './resources.ts';
import { RESULTS } from './results.ts';
import { STORAGE } from './storage.ts';
import { UPDATE_PLANS } from './update-plans.ts';
import { UPDATES } from './updates.ts';

/**
 * Every struct and union by name. Those of the storage definition are called `storage.NAME`, those of the executor's
 * checkpoints `thermos.NAME`.
 */
export const TYPES = {
  ...IDENTITY,
  ...KEYS,
  ...CONTAINERS,
  ...RESOURCES,
  ...JOBS,
  ...UPDATES,
  ...UPDATE_PLANS,
  ...MAINTENANCE,
  ...RESULTS,
  ...ENVELOPE,
  ...STORAGE,
  ...CHECKPOINTS,
};
