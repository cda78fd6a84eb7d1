import type { CommandInfo, Volume } from '../../mesos/index.ts';
import type { ResourceBag } from '../offers/resource-bag.ts';

/** An executor that jobs may name. */
export interface ExecutorSettings {
  readonly name: string;
  /** Before the task id in the executor id. */
  readonly idPrefix: string;
  readonly command: CommandInfo;
  /** What it needs beside its task. */
  readonly overhead: ResourceBag;
  readonly mounts: readonly Volume[];
}
