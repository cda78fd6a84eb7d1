import { join } from 'node:path';
import type { Handlers } from '../http/rpc/outcome.ts';
import { recoveryCalls } from '../http/rpc/recovery.ts';
import type { RpcSettings } from '../http/rpc/settings.ts';
import type { PartsSettings } from '../parts-settings.ts';
import { systemDisk } from '../storage/log/disk.ts';
import { backupFiles } from './backup-files.ts';
import { startBackups } from './backups.ts';
import { recovery } from './recovery.ts';

/** Directory of the backups below the data directory, unless a flag names another. */
const DIRECTORY = 'backups';

/** Begins to take backups; what is returned serves the calls about them. */
export function startBackingUp(
  settings: PartsSettings,
  rpc: RpcSettings,
): { handlers: Handlers; close(): void } {
  const { options } = settings;
  const files = backupFiles({
    ...settings,
    directory: options.backupDir ?? join(options.dataDir, DIRECTORY),
    disk: settings.backupDisk ?? systemDisk,
    most: options.maxSavedBackups,
  });
  const backups = startBackups({ ...settings, files, backupIntervalMs: options.backupIntervalMs });
  const staged = recovery({ ...settings, files, onReplaced: settings.end });
  return {
    handlers: recoveryCalls({ ...rpc, backups, files, recovery: staged }),
    close: backups.close,
  };
}
