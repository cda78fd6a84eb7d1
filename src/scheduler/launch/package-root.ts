import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuroraError } from '../../base/errors.ts';

/** The directory of this package, whether this code runs from src/ or from the bundle. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(directory, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'aurora') return directory;
    const parent = dirname(directory);
    if (parent === directory) throw new AuroraError('BUG', 'the package of this program was not found');
    directory = parent;
  }
}
