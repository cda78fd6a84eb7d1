/** Where a process's output goes, and how its files are rotated. Source: the original's Logger schema. */
export interface ProcessLogger {
  readonly destination: 'file' | 'console' | 'both' | 'none';
  readonly mode: 'standard' | 'rotate';
  /** The size at which a file is rotated, at least 1. */
  readonly rotateBytes: number;
  /** How many rotated files are kept, at least 1. */
  readonly backups: number;
}

/** One command of a task. */
export interface ThermosProcess {
  readonly name: string;
  readonly cmdline: string;
  /** The number of failed runs after which the process has failed; 0 means no limit. */
  readonly maxFailures: number;
  /** Started again after success, too. */
  readonly daemon: boolean;
  /** Does not keep the task alive, and its failure does not fail the task. */
  readonly ephemeral: boolean;
  /** Runs after all other processes have ended. */
  readonly final: boolean;
  /** Pause between the end of a run and the start of the next; despite the field's name it is no minimum run time. */
  readonly minDurationMs: number;
  /** Replaces the executor's logger flags as a whole; undefined when the process has none. */
  readonly logger: ProcessLogger | undefined;
}

/** The task that the executor runs: fully bound, with defaults filled in. */
export interface ThermosTask {
  readonly name: string;
  /** Names are unique. */
  readonly processes: readonly ThermosProcess[];
  /** Each list is a sequence of process names that must finish one after the other. */
  readonly orders: readonly (readonly string[])[];
  /** The number of failed processes at which the task has failed; 0 means no limit. */
  readonly maxFailures: number;
  /** How many processes may run at the same time; 0 means no limit. */
  readonly maxConcurrency: number;
  /** Total time for ending leftovers and for the final processes. */
  readonly finalizationWaitMs: number;
}

/** The logger of a process that specifies none, without flags. */
export const DEFAULT_LOGGER: ProcessLogger = {
  destination: 'file',
  mode: 'standard',
  rotateBytes: 100 * 2 ** 20,
  backups: 5,
};
