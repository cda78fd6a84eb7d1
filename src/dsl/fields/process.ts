import type { Bool, Int, OneOf, Text } from '../language/text.ts';
import type { Value } from '../language/value.ts';
import type { Resources, ResourcesFields } from './resources.ts';

/** Fields of {@link Process}. */
export interface ProcessFields {
  /** Name of the process, unique in its task. Not empty, no `/`, no `.` at the beginning. */
  readonly name: Text;
  /** Command line, run by `/bin/bash -c` in the sandbox. */
  readonly cmdline: Text;
  /**
   * Accepted for old files; nothing uses it. Resources belong to the task.
   * @default unset
   */
  readonly resources?: Resources | ResourcesFields | undefined;
  /**
   * Failed runs before the process has failed for good; 0 is no limit. In any case, 100 unsuccessful runs in a row, each
   * under 5 minutes, are the end.
   * @default 1
   */
  readonly maxFailures?: Int | undefined;
  /**
   * Runs again after a success, too.
   * @default false
   */
  readonly daemon?: Bool | undefined;
  /**
   * The task does not wait for it to end, and its failure does not fail the task.
   * @default false
   */
  readonly ephemeral?: Bool | undefined;
  /**
   * Least number of seconds from the end of one run to the start of the next.
   * @default 5
   */
  readonly minDuration?: Int | undefined;
  /**
   * Runs after all ordinary processes have ended, however they ended; for cleaning up.
   * @default false
   */
  readonly final?: Bool | undefined;
  /**
   * Where the output goes; unset leaves it to the flags of the executor.
   * @default unset
   */
  readonly logger?: Logger | LoggerFields | undefined;
}

/** One command line of a task, with what happens when it ends. */
export type Process = Value<'Process', ProcessFields>;

/** Fields of {@link Logger}. */
export interface LoggerFields {
  /**
   * `file`: stdout and stderr files in the sandbox; `console`: the executor's own output; `both`; `none`.
   * @default file
   */
  readonly destination?: OneOf<'file' | 'console' | 'both' | 'none'> | undefined;
  /**
   * `standard`: files grow; `rotate`: files are rotated as `rotate` says.
   * @default standard
   */
  readonly mode?: OneOf<'standard' | 'rotate'> | undefined;
  /**
   * Limits of the log files in mode `rotate`; unset means the defaults of RotatePolicy.
   * @default unset
   */
  readonly rotate?: RotatePolicy | RotatePolicyFields | undefined;
}

/** Where the output of a process goes. */
export type Logger = Value<'Logger', LoggerFields>;

/** Fields of {@link RotatePolicy}. */
export interface RotatePolicyFields {
  /**
   * Size in bytes at which a log file is rotated, for example `20 * MB`.
   * @default 104857600
   */
  readonly logSize?: Int | undefined;
  /**
   * Rotated files to keep.
   * @default 5
   */
  readonly backups?: Int | undefined;
}

/** When log files are rotated, and how many old ones are kept. */
export type RotatePolicy = Value<'RotatePolicy', RotatePolicyFields>;
