import type { Amounts } from '../../api/views/shared.ts';

/** A number with at most two decimals, without trailing zeros. */
export const numberText = (value: number): string => String(Math.round(value * 100) / 100);

/** `512 MB`, `1.5 GB`, `3 TB`. */
export function megabytesText(mb: number): string {
  if (mb >= 1024 * 1024) return `${numberText(mb / 1024 / 1024)} TB`;
  return mb >= 1024 ? `${numberText(mb / 1024)} GB` : `${numberText(mb)} MB`;
}

export const bytesText = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${numberText(bytes / 1024)} KB` : megabytesText(bytes / 1024 / 1024);

/** `2 cpu, 1 GB, 2 GB disk`. */
export function amountsText({ cpus, diskMb, gpus = 0, ramMb }: Amounts): string {
  const parts = [`${numberText(cpus)} cpu`, megabytesText(ramMb), `${megabytesText(diskMb)} disk`];
  return [...parts, ...(gpus > 0 ? [`${gpus} gpu`] : [])].join(', ');
}

/**
 * `12,345`: a whole number with its thousands apart. Not by toLocaleString: a browser loads the data of a language for
 * that, which takes 30 ms of the first paint.
 */
export const wholeText = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 job`, `2 jobs`. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
  `${wholeText(count)} ${count === 1 ? noun : plural}`;
