import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AuroraError } from '../../base/errors.ts';
import { packageRoot } from './package-root.ts';

const isRemote = (path: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//.test(path);

/**
 * The path of the executor file that agents fetch: that of the flag, else the file of this package.
 * @param onThisMachine whether the agents run on this machine, so that the file must exist here
 * @throws AuroraError EXECUTOR naming the missing file
 */
export function executorPath(flag: string | undefined, onThisMachine: boolean): string {
  if (flag !== undefined && isRemote(flag)) return flag;
  const path = flag === undefined ? join(packageRoot(), 'dist', 'aurora-executor') : resolve(flag);
  if ((flag === undefined || onThisMachine) && !existsSync(path)) {
    throw new AuroraError('EXECUTOR', 'the executor file does not exist', {
      where: path,
      next:
        flag === undefined
          ? 'run npm run build, or name one with -thermos_executor_path'
          : 'correct -thermos_executor_path',
    });
  }
  return path;
}
