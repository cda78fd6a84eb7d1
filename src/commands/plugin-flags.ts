import type { Interfaces } from '@oclif/core';
import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../base/errors.ts';
import type { CommandModules } from '../client/hooks/command-modules.ts';

type FlagInput = Interfaces.FlagInput;

/** The flags that plugins add to a command. Throws CONFIG for one that the command already has. */
export function pluginFlags(options: CommandModules['options'], own: FlagInput): FlagInput {
  const flags: FlagInput = {};
  const chars = new Set(Object.values(own).map(({ char }) => char));
  for (const [name, { type, description, char, default: value }] of Object.entries(options)) {
    const taken =
      name in own ? `--${name}` : char !== undefined && chars.has(char as never) ? `-${char}` : '';
    if (taken) {
      throw new AuroraError('CONFIG', `a plugin has a flag ${taken}, which the command has itself`, {
        next: 'give it another name in the module of the plugin',
      });
    }
    const shared = { description, ...(char === undefined ? {} : { char: char as 'x' }) };
    flags[name] =
      type === 'boolean'
        ? Flags.boolean({ ...shared, default: value === true })
        : Flags.string({ ...shared, ...(typeof value === 'string' ? { default: value } : {}) });
  }
  return flags;
}
