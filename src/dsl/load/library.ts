import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files of this package that go into the bundle of a user's file. */
export interface Library {
  /** What `import ... from 'aurora'` means. */
  readonly language: string;
  /** What runs beside the user's file in the evaluation thread. */
  readonly runtime: string;
}

/** The folder of this package, from any file in it. */
export function packageRoot(from: string = fileURLToPath(import.meta.url)): string {
  let root = dirname(from);
  while (!existsSync(join(root, 'package.json')) && root !== dirname(root)) root = dirname(root);
  return root;
}

/** The language from where this code runs: its sources, or the built files in dist/ at any depth. */
export function findLibrary(from: string = fileURLToPath(import.meta.url)): Library {
  const root = packageRoot(from);
  return from.endsWith('.ts')
    ? { language: join(root, 'src/dsl/index.ts'), runtime: join(root, 'src/dsl/load/runtime.ts') }
    : { language: join(root, 'dist/dsl.js'), runtime: join(root, 'dist/dsl-runtime.js') };
}
