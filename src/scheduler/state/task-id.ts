import type { JobKey } from '../../api/index.ts';
import { type Random, uuid } from '../../base/random.ts';

/** The id of a new task: job, instance and a UUID; characters other than letters, digits, `_` and `-` become `-`. */
export const newTaskId = ({ role, environment, name }: JobKey, instanceId: number, random: Random): string =>
  `${role}-${environment}-${name}-${instanceId}-${uuid(random)}`.replace(/[^A-Za-z0-9_-]/g, '-');
