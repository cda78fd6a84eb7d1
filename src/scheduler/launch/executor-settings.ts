import type { CommandInfo, Volume } from '../../mesos/index.ts';
import type { ResourceBag } from '../offers/resource-bag.ts';

/** An executor that jobs may use. */
export interface ExecutorSettings {
  readonly name: string;
  /** Prefix of the task id in the executor id. */
  readonly idPrefix: string;
  readonly command: CommandInfo;
  /** The resources that it needs in addition to its task's. */
  readonly overhead: ResourceBag;
  readonly mounts: readonly Volume[];
}
