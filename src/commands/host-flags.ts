/** Flags that several commands about hosts take. */
import * as Flags from '@oclif/core/flags';
import type { HostNames } from '../client/host-names.ts';
import { parseSpan } from '../client/spans.ts';

/** The two ways to name hosts; exactly one of them must be given. */
export const hostFlags = {
  filename: Flags.string({ helpValue: 'FILE', description: 'a file with one host a line' }),
  hosts: Flags.string({ helpValue: 'HOST,HOST', description: 'the hosts' }),
};

export const grouping = Flags.string({
  default: 'by_host',
  helpValue: 'by_host|by_rack|none',
  description: 'which hosts go down together: each alone, those of a rack, or all at once',
});

export const minTasks = Flags.integer({
  default: 10,
  helpValue: 'COUNT',
  description: 'ignore jobs with fewer tasks',
});

/** A time like `2d6h30m15s`; its value is in seconds. */
export const spanSecs = Flags.custom<number>({ helpValue: 'TIME', parse: async (text) => parseSpan(text) });

export const hostNames = (flags: {
  readonly filename?: string | undefined;
  readonly hosts?: string | undefined;
}): HostNames => ({ file: flags.filename, list: flags.hosts });
