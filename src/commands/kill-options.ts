import type { KillOptions } from '../client/kill-job.ts';
import { config, configFlags } from './config-flags.ts';
import { batches, common, configForHooks, message, openBrowser } from './flags.ts';

/** The flags of `job kill` and `job killall`. */
export const killFlags = {
  ...batches,
  message,
  config: configForHooks,
  ...config,
  'open-browser': openBrowser,
  ...common,
};

/** Converts the flags to the client's options. */
export const killOptions = (
  flags: Parameters<typeof configFlags>[0] & {
    readonly 'batch-size': number;
    readonly 'max-total-failures': number;
    readonly 'no-batching': boolean;
    readonly message?: string | undefined;
    readonly config?: string | undefined;
    readonly 'open-browser': boolean;
  },
): KillOptions => ({
  configFile: flags.config,
  config: configFlags(flags),
  batchSize: flags['no-batching'] ? undefined : flags['batch-size'],
  maxTotalFailures: flags['max-total-failures'],
  message: flags.message,
  openBrowser: flags['open-browser'],
});
