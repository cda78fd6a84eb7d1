import { basename, join, resolve } from 'node:path';
import { GOOD_IDENTIFIER } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { packageRoot } from './load/library.ts';
import { renderTemplates, writeNewFiles } from './package-templates.ts';

interface ScaffoldOptions {
  /** Target folder; created if it is missing. */
  readonly folder: string;
  /** Name of the first job; default: the folder's name. */
  readonly name?: string | undefined;
  readonly role: string;
  /** Default `local`, the embedded cluster. */
  readonly cluster?: string | undefined;
}

/**
 * Creates a folder for job files: package.json, tsconfig.json, a service, a cron job and a test of both. Writes nothing
 * when any of the files exists, or a name is not an identifier. Returns the paths of the new files.
 */
export async function scaffold({
  folder,
  role,
  cluster = 'local',
  ...given
}: ScaffoldOptions): Promise<readonly string[]> {
  const home = resolve(folder);
  const name = given.name ?? basename(home);
  for (const [what, value] of Object.entries({ name, role, cluster })) {
    if (GOOD_IDENTIFIER.test(value)) continue;
    throw new AuroraError('BAD_PARAMETER', `${what} ${JSON.stringify(value)} is not an identifier`, {
      next: 'use letters, digits and - . _',
    });
  }
  const values = { name, role, cluster, aurora: `file:${packageRoot()}` };
  return writeNewFiles(home, await renderTemplates('init', values, (file) => join(home, file)));
}
