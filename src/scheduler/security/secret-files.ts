import { stat } from 'node:fs/promises';
import type { Logger } from '../../base/log.ts';
import { OPEN_SECRET, readableByOthers } from '../../tls/files.ts';

/**
 * Looks whether others may read files with secrets that are read once, at the start. A file that is not there is left
 * to whoever reads it.
 * @throws AuroraError CONFIG when others may, if `refuse`; otherwise they are warned of.
 */
export async function checkSecretFiles(
  paths: readonly (string | undefined)[],
  refuse: boolean,
  log: Logger,
): Promise<void> {
  for (const path of paths) {
    if (path === undefined) continue;
    const mode = await stat(path).then(
      (found) => found.mode,
      () => 0,
    );
    if ((mode & 0o077) === 0) continue;
    if (refuse) throw readableByOthers(path);
    log.warn({ file: path }, OPEN_SECRET);
  }
}
