import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files of this package that are bundled with a user's file. */
export interface Library {
  /** The file that `import ... from 'aurora'` means. */
  readonly language: string;
  /** The file that runs in the evaluation thread before the user's file. */
  readonly runtime: string;
  /** What `import ... from 'aurora/config'` means. */
  readonly config: string;
}

/** The folder of this package, found from any file in it. */
export function packageRoot(from: string = fileURLToPath(import.meta.url)): string {
  let root = dirname(from);
  while (!existsSync(join(root, 'package.json')) && root !== dirname(root)) root = dirname(root);
  return root;
}

/** The language's files, depending on where this code runs: its sources, or the built files in dist/. */
export function findLibrary(from: string = fileURLToPath(import.meta.url)): Library {
  const root = packageRoot(from);
  return from.endsWith('.ts')
    ? {
        language: join(root, 'src/dsl/index.ts'),
        runtime: join(root, 'src/dsl/load/runtime.ts'),
        config: join(root, 'src/dsl/client-config.ts'),
      }
    : {
        language: join(root, 'dist/dsl.js'),
        runtime: join(root, 'dist/dsl-runtime.js'),
        config: join(root, 'dist/config.js'),
      };
}
