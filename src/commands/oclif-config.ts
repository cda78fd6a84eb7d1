import type { Config } from '@oclif/core';

/** What oclif's commands and help read of a configuration; nothing is discovered on disk. */
export const oclifConfig = {
  bin: 'aurora',
  name: 'aurora',
  platform: 'linux',
  runHook: async () => ({ successes: [], failures: [] }),
  scopedEnvVarKey: (name: string) => `AURORA_${name}`,
  topicSeparator: ' ',
} as unknown as Config;
