import type { Wire } from '../api/index.ts';

/** The scheduler's own explanation of why tasks are pending, indented. */
export const funnelText = ({ text = '' }: Wire<'PendingFunnel'>): string =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `  ${line}\n`)
    .join('');
