// Files beside the bundles of the commands, each with modules of packages that few command lines need. A bundle that
// holds them would make every start read them, and V8 deserialise what it remembers of them in its code cache.
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './files.js';

/** The folder with the files, seen from the folder with the bundles. */
const FROM_BUNDLES = '../parts';

/** Collects the modules while the bundles are built; afterwards `build` writes the files. */
export function partFiles() {
  const parts = new Map();
  return {
    /** An expression that loads a module, given its path, from the file `part`. */
    loading(part, path) {
      if (!parts.has(part)) parts.set(part, new Set());
      parts.get(part).add(path);
      return `require('${FROM_BUNDLES}/${part}.cjs')[${JSON.stringify(relative(ROOT, path))}]`;
    },
    build: (common, dist) =>
      Promise.all(
        [...parts].map(([part, paths]) =>
          build({
            ...common,
            format: 'cjs',
            minify: true,
            stdin: { contents: entry([...paths].sort()), resolveDir: ROOT },
            outfile: join(dist, 'parts', `${part}.cjs`),
          }),
        ),
      ),
  };
}

/** Each module is run at its first use, because modules of one part may serve different commands. */
const entry = (paths) =>
  `module.exports = {${paths
    .map(
      (path) => `get ${JSON.stringify(relative(ROOT, path))}() { return require(${JSON.stringify(path)}); }`,
    )
    .join(', ')}};`;
