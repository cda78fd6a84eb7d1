import type { JobKey } from '../../api/index.ts';
import { type Random, uuid } from '../../base/random.ts';

/** A new task's id: job, instance and a UUID; anything that is not a letter, digit, `_` or `-` becomes `-`. */
export const newTaskId = ({ role, environment, name }: JobKey, instanceId: number, random: Random): string =>
  `${role}-${environment}-${name}-${instanceId}-${uuid(random)}`.replace(/[^A-Za-z0-9_-]/g, '-');
