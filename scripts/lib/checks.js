import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { danglingReferences } from './dangling-references.js';
import { staleDoorsTable } from './doors-table.js';
import { staleErrorsPage } from './errors-page.js';
import { ROOT } from './files.js';
import { busyRetries } from './retry-pauses.js';
import { climbingImports, doubledTypeNames, mutualImports, sources } from './structure.js';
import { strayEntries } from './top-level.js';

/** The output of a program that failed; undefined when it succeeded. */
function complaint(program, args) {
  const done = spawnSync(join(ROOT, 'node_modules/.bin', program), args, { cwd: ROOT, encoding: 'utf8' });
  return done.status === 0 ? undefined : `${done.stdout}${done.stderr}${done.error ?? ''}`;
}

const breaches = (rule) => rule(sources()).join('\n') || undefined;

/** All checks. Each has a name and a `run` that returns what is wrong, or undefined. */
export const checks = [
  { name: 'types (tsc)', run: () => complaint('tsc', ['-p', '.', '--pretty', 'false']) },
  {
    name: 'types of the web page (tsc)',
    run: () => complaint('tsc', ['-p', 'tsconfig.web.json', '--pretty', 'false']),
  },
  { name: 'lint and format (biome)', run: () => complaint('biome', ['check', '--error-on-warnings', '.']) },
  { name: 'import direction', run: () => breaches(climbingImports) },
  { name: 'no two files import each other', run: () => breaches(mutualImports) },
  { name: 'no type name exported twice', run: () => breaches(doubledTypeNames) },
  { name: 'top level', run: () => strayEntries().join('\n') || undefined },
  { name: 'pauses of retries', run: () => busyRetries().join('\n') || undefined },
  { name: 'references to files', run: () => danglingReferences().join('\n') || undefined },
  { name: 'docs/errors.md', run: staleErrorsPage },
  { name: 'doors of docs/security.md', run: staleDoorsTable },
  { name: 'unused code and packages (knip)', run: () => complaint('knip', ['--no-progress']) },
];
