/** Flags that several commands take. */
import * as Flags from '@oclif/core/flags';
import { parseDurationMs } from '../base/amounts.ts';

const SHORT_UNITS: Readonly<Record<string, string>> = { s: 'secs', m: 'mins', h: 'hrs', d: 'days' };

/** Reads `30secs`, `5mins` or `5m` as milliseconds. Throws BAD_AMOUNT. */
export const parseTimeMs = (text: string): number =>
  parseDurationMs(text.replace(/^([\d.]+)([smhd])$/, (_, count, unit) => `${count}${SHORT_UNITS[unit]}`));

/** A time like `30secs`, `5mins` or `5m`; its value is in milliseconds. */
export const duration = Flags.custom<number>({
  helpValue: 'TIME',
  parse: async (text) => parseTimeMs(text),
});

/** Time limits for schedulers that do not answer; `command` puts them into the session. */
export const limits = {
  'retry-for': duration({
    description: 'how long to retry when the scheduler cannot be reached; default: AURORA_RETRY_FOR, 10mins',
    helpGroup: 'CONNECTION',
  }),
  'call-timeout': duration({
    description: 'how long one call may take; default: AURORA_CALL_TIMEOUT, 1mins',
    helpGroup: 'CONNECTION',
  }),
};

/** Flags of every command that talks to a scheduler or reads a file. */
export const common = {
  verbose: Flags.boolean({ char: 'v', description: 'say more about what is done, on stderr' }),
  ...limits,
  'skip-hooks': Flags.string({ helpValue: 'HOOK,HOOK|all', description: 'command hooks to leave out' }),
};

export const openBrowser = Flags.boolean({ description: "show the job's page in the browser afterwards" });
export const writeJson = Flags.boolean({ description: 'print JSON' });
export const json = Flags.boolean({ description: 'print JSON' });
export const message = Flags.string({
  char: 'm',
  helpValue: 'TEXT',
  description: "reason, for the scheduler's records",
});

/** For commands that cannot be undone. */
export const yes = Flags.boolean({ char: 'y', description: 'ask nothing; scripts are never asked' });

/** Flags for killing instances. */
export const batches = {
  'batch-size': Flags.integer({ default: 1, min: 1, description: 'instances at a time' }),
  'max-total-failures': Flags.integer({
    default: 0,
    min: 0,
    description: 'batches that may fail before the command gives up',
  }),
  'no-batching': Flags.boolean({ description: 'all instances in one call' }),
};

/** A file that is only passed to hooks, for calls that do not need one. */
export const configForHooks = Flags.string({
  helpValue: 'FILE',
  description: "the job's file, for its hooks",
});

export const exitCode = Flags.boolean({ description: 'exit with 2 when there are differences' });

const WAITS = ['PENDING', 'RUNNING', 'FINISHED'] as const;

export const waitUntil = Flags.option({
  options: WAITS,
  default: 'PENDING' as const,
  description: 'state of all instances to wait for',
})();

/** Flags for calling ssh. */
export const sshUser = Flags.string({
  char: 'l',
  helpValue: 'USER',
  description: "log in as this user; default: the job's role",
});
export const sshOptions = Flags.string({
  helpValue: 'OPTIONS',
  description: 'more options for ssh, as one word: --ssh-options="-v -p 2222"',
});
export const executorSandbox = Flags.boolean({
  description: "use the executor's folder instead of the task's",
});

/** Accepted without effect, as in the original, because scripts pass it. */
export const deadStrict = Flags.boolean({ hidden: true, description: 'has no effect' });
export const deadHealthInterval = Flags.integer({ hidden: true, description: 'has no effect' });
