/** One byte. */
export const BYTES = 1;
/** 1024 bytes. */
export const KB = 1024;
/** 1024 KB. */
export const MB = 1024 * KB;
/** 1024 MB. */
export const GB = 1024 * MB;
/** 1024 GB. */
export const TB = 1024 * GB;

/** Seconds, for fields that count seconds: `secs(45)` is 45. */
export const secs = (count: number): number => count;
/** Minutes in seconds: `mins(5)` is 300. */
export const mins = (count: number): number => count * 60;
/** Hours in seconds: `hours(2)` is 7200. */
export const hours = (count: number): number => count * 3600;
/** Days in seconds: `days(1)` is 86400. */
export const days = (count: number): number => count * 86_400;

/** Five fields with single blanks between them: minute, hour, day of the month, month, day of the week. */
type FiveCronFields = `${string} ${string} ${string} ${string} ${string}`;

/**
 * A cron schedule in five fields: minute, hour, day of the month, month, day of the week (0 to 6, Sunday is 0).
 *
 * @example cron('30 2 * * *') // every night at half past two
 */
export const cron = <S extends FiveCronFields>(schedule: S): S => schedule;
