import type { Config } from '@oclif/core';

/** The part of a configuration that oclif's commands and help read; nothing is discovered on disk. */
export const oclifConfig = {
  bin: 'aurora',
  name: 'aurora',
  platform: 'linux',
  runHook: async () => ({ successes: [], failures: [] }),
  scopedEnvVarKey: (name: string) => `AURORA_${name}`,
  topicSeparator: ' ',
} as unknown as Config;
