import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Loader, Message, Plugin } from 'esbuild';
import { BUNDLE_NAME } from './evaluation.ts';
import { type Library, packageRoot } from './library.ts';

/** A user's file with everything that it imports, as one text. */
interface Bundle {
  readonly code: string;
  /** Source map, version 3, as text. */
  readonly map: string;
  /** Absolute paths of the bundled files, without this package's own. */
  readonly sources: readonly string[];
}

/** A compile error with its place. Lines and columns count from 1. */
interface SyntaxProblem {
  readonly text: string;
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
}

/**
 * Bundles a file in memory, without writing anything. Imports are resolved as Node does, including JSON and npm
 * packages; `import ... from 'aurora'` means this package, whichever copy the user has installed.
 */
export async function bundle(
  file: string,
  library: Library,
): Promise<Bundle | { readonly problems: readonly SyntaxProblem[] }> {
  const { build } = loadEsbuild();
  const directory = dirname(file);
  try {
    const { outputFiles, metafile } = await build({
      stdin: { contents: entryOf(file, library), resolveDir: directory, sourcefile: 'aurora-entry.js' },
      absWorkingDir: directory,
      outfile: resolve(directory, BUNDLE_NAME),
      alias: { aurora: library.language },
      banner: { js: requireFrom(file) },
      bundle: true,
      define: { 'import.meta': '__auroraImportMeta' },
      format: 'esm',
      jsx: 'automatic',
      logLevel: 'silent',
      metafile: true,
      platform: 'node',
      plugins: [importMeta],
      sourcemap: 'external',
      sourcesContent: false,
      target: 'node20',
      write: false,
    });
    // The language uses lower rooms of this package, so none of this package's code counts as the user's source.
    const own = ['src', 'dist'].map((folder) => join(packageRoot(), folder));
    const sources = Object.keys(metafile.inputs)
      .map((input) => resolve(directory, input))
      .filter(
        (path) => !path.endsWith('aurora-entry.js') && !own.some((part) => path.startsWith(`${part}/`)),
      );
    const [map, code] = outputFiles;
    return { code: code?.text ?? '', map: map?.text ?? '', sources };
  } catch (thrown) {
    if (!isBuildFailure(thrown)) throw thrown;
    return { problems: thrown.errors.map((error) => syntaxProblem(error, directory)) };
  }
}

/** Loaded with `require`, because importing a CommonJS package first scans it for names, which costs 15 ms here. */
const loadEsbuild = () => createRequire(import.meta.url)('esbuild') as typeof import('esbuild');

/** The runtime is started first; then the file is evaluated and its exports are delivered. */
const entryOf = (file: string, { runtime }: Library): string =>
  [
    `import { deliver } from ${JSON.stringify(runtime)};`,
    `import * as file from ${JSON.stringify(file)};`,
    'deliver(file);',
  ].join('\n');

/** CommonJS packages in the bundle call `require` for Node's modules. */
const requireFrom = (file: string): string =>
  `import { createRequire as __auroraRequire } from 'node:module'; const require = __auroraRequire(${JSON.stringify(file)});`;

/** The text that is inserted before the first line of a file that uses `import.meta`. */
export const importMetaPrefix = (path: string): string =>
  `const __auroraImportMeta = ${JSON.stringify({
    url: pathToFileURL(path).href,
    filename: path,
    dirname: dirname(path),
  })}; `;

/** A bundle has a single `import.meta`; this gives each file its own again, including files of packages. */
export const importMeta: Plugin = {
  name: 'import-meta',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta')) return undefined;
      const contents = importMetaPrefix(path) + text.replace(/^#!/, '//');
      return { contents, loader: /[jt]sx?$/.exec(path)?.[0] as Loader };
    });
  },
};

const isBuildFailure = (thrown: unknown): thrown is BuildFailure =>
  thrown instanceof Error && Array.isArray((thrown as Partial<BuildFailure>).errors);

const syntaxProblem = ({ text, location }: Message, directory: string): SyntaxProblem => ({
  text,
  file: location ? resolve(directory, location.file) : undefined,
  line: location?.line ?? 1,
  column: (location?.column ?? 0) + 1,
});
