import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { SchedulerDriver, SchedulerDriverOptions } from '../mesos/index.ts';
import type { SchedulerOptions } from './flags/parse.ts';
import type { serveHttp } from './http/server.ts';
import type { Log } from './storage/index.ts';
import type { Disk } from './storage/log/disk.ts';
import type { Deflate } from './storage/snapshot-chunks.ts';

/** What a scheduler is started with: its flags, the Mesos master, and replacements of its surroundings for tests. */
export interface SchedulerSettings extends SchedulerOptions {
  /** `host:port` or `zk://...`. The command that starts an embedded cluster passes the address of its master. */
  readonly mesosMaster: string;
  /** Whether agents run on this machine, so that the executor's file has to exist here. Default: false. */
  readonly localAgents?: boolean;
  /** Version of the program, for `build.version` in /vars. */
  readonly version?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  /** Opens the log. Default: a local one in `dataDir`. */
  readonly openLog?: () => Promise<Log>;
  /** Compresses snapshots. Default: in other threads. */
  readonly deflate?: Deflate;
  /** Where backups are written. Default: this machine's file system. */
  readonly backupDisk?: Disk;
  /** Creates the driver. Default: the one of src/mesos. */
  readonly driver?: (options: SchedulerDriverOptions) => SchedulerDriver;
  /** Serves the API to clients. Default: on a socket. */
  readonly serve?: typeof serveHttp;
}
