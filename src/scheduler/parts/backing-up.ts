import { join } from 'node:path';
import { backupFiles } from '../backup/backup-files.ts';
import { startBackups } from '../backup/backups.ts';
import { recovery } from '../backup/staged-recovery.ts';
import type { FlagSlice } from '../flags/slices.ts';
import { recoveryCalls } from '../http/rpc/recovery-calls.ts';
import type { RpcSettings } from '../http/rpc/rpc-settings.ts';
import { type Disk, systemDisk } from '../storage/log/disk.ts';
import type { Part, World } from './part.ts';

/** Directory of backups below the data directory, unless a flag sets another one. */
const DIRECTORY = 'backups';

export interface BackingUpSettings extends World {
  readonly flags: FlagSlice<'backingUp'>;
  readonly rpc: RpcSettings;
  /** The program's version, written to the backups. */
  readonly version: string | undefined;
  /** The disk for backups; default the machine's. */
  readonly backupDisk?: Disk | undefined;
  /** Ends this scheduler; `reason` is logged. */
  end(reason: string): void;
}

/** Takes backups, even before Mesos knows this scheduler, and serves the calls about them. */
export function backingUp(settings: BackingUpSettings): Part {
  const { flags, rpc } = settings;
  const files = backupFiles({
    ...settings,
    directory: flags.backupDir ?? join(flags.dataDir, DIRECTORY),
    disk: settings.backupDisk ?? systemDisk,
    most: flags.maxSavedBackups,
  });
  const backups = startBackups({ ...settings, files, backupIntervalMs: flags.backupIntervalMs });
  const staged = recovery({ ...settings, files, onReplaced: settings.end });
  return {
    handlers: recoveryCalls({ ...rpc, backups, files, recovery: staged }),
    close: backups.close,
  };
}
