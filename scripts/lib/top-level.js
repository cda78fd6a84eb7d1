// What lies at the top of the repository. A file that a profiler or an editor left there is committed easily and read by
// everybody who comes to the house.
import { spawnSync } from 'node:child_process';
import { ROOT } from './files.js';

const EXPECTED = new Set([
  ...['.ci', 'bench', 'bin', 'docs', 'examples', 'scripts', 'src', 'templates', 'test'],
  ...['.gitignore', '.npmrc', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md'],
  ...['biome.json', 'knip.json', 'package-lock.json', 'package.json'],
  ...['tsconfig.json', 'tsconfig.types.json', 'tsconfig.web.json'],
]);

/** One line for each entry that does not belong at the top; none outside of a clone, where nobody can tell what is kept. */
export function strayEntries() {
  const listed = spawnSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' });
  if (listed.status !== 0) return [];
  const entries = new Set(listed.stdout.split('\n').flatMap((path) => path.split('/', 1)[0] || []));
  return [...entries]
    .filter((name) => !EXPECTED.has(name))
    .map(
      (name) => `${name} does not belong at the top level: remove it, or add it to scripts/lib/top-level.js`,
    );
}
