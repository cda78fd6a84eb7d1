/** Where a process's output goes and how its files grow. Source: the original's Logger schema. */
export interface ProcessLogger {
  readonly destination: 'file' | 'console' | 'both' | 'none';
  readonly mode: 'standard' | 'rotate';
  /** Size at which a rotated file is closed, at least 1. */
  readonly rotateBytes: number;
  /** Closed files kept beside the open one, at least 1. */
  readonly backups: number;
}

/** One user command of a task. */
export interface ThermosProcess {
  readonly name: string;
  readonly cmdline: string;
  /** Failed runs after which the process has failed; 0 is no limit. */
  readonly maxFailures: number;
  /** Started again after success, too. */
  readonly daemon: boolean;
  /** Does not keep the task alive, and its failure does not fail the task. */
  readonly ephemeral: boolean;
  /** Runs after all others have ended. */
  readonly final: boolean;
  /** Pause between the end of a run and the start of the next; despite the field's name not a minimum run time. */
  readonly minDurationMs: number;
  /** Wins as a whole over the executor's logger flags; undefined when the task has none. */
  readonly logger: ProcessLogger | undefined;
}

/** What the executor runs: a fully bound task, defaults filled in. */
export interface ThermosTask {
  readonly name: string;
  /** Names are unique. */
  readonly processes: readonly ThermosProcess[];
  /** Each list is an order of process names that must finish one after the other. */
  readonly orders: readonly (readonly string[])[];
  /** Failed processes at which the task has failed; 0 is no limit. */
  readonly maxFailures: number;
  /** Processes that may run at the same time; 0 is no limit. */
  readonly maxConcurrency: number;
  /** Time for leftovers to end and for final processes together. */
  readonly finalizationWaitMs: number;
}

/** Logger of a process that says nothing, with no flags given. */
export const DEFAULT_LOGGER: ProcessLogger = {
  destination: 'file',
  mode: 'standard',
  rotateBytes: 100 * 2 ** 20,
  backups: 5,
};
