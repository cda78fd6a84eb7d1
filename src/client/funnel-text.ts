import type { Wire } from '../api/index.ts';

/** Why tasks have no place, in the scheduler's own lines, indented. */
export const funnelText = ({ text = '' }: Wire<'PendingFunnel'>): string =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `  ${line}\n`)
    .join('');
