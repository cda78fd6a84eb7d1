import { AuroraError } from '../../../base/errors.ts';

/** The error that refuses to go on with less than what was acknowledged. */
export const damaged = (path: string, offset: number, reason: string): AuroraError =>
  new AuroraError('STORAGE', `the log is damaged: ${reason}`, {
    where: `${path}, offset ${offset}`,
    next: 'restore a backup, or repair the file; nothing was changed',
  });
