import type { JobKey, JobUpdateKey } from '../../api/index.ts';

/** `role/environment/name`; no part can contain a slash. */
export const jobKeyText = (key: JobKey): string => `${key.role}/${key.environment}/${key.name}`;

/** `role/environment/name/update id`. */
export const jobUpdateKeyText = (key: JobUpdateKey): string => `${jobKeyText(key.job)}/${key.id}`;
