import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { makeFolder } from '../proc/make-folder.ts';
import type { MigratedFile } from './migrate.ts';

/**
 * Writes translations to their target paths.
 * @throws AuroraError COMMAND_FAILED, before anything is written, when a target exists and `force` is not set
 */
export function writeMigrated(files: readonly MigratedFile[], force: boolean): void {
  const there = files.filter(({ target }) => existsSync(target));
  if (!force && there.length > 0)
    throw new AuroraError(
      'COMMAND_FAILED',
      `${there.map(({ target }) => target).join(', ')} is there already`,
      {
        next: 'choose another folder with --out, or pass --force to replace it',
      },
    );
  for (const { target, text } of files) {
    makeFolder(dirname(target));
    writeFileSync(target, text);
  }
}
