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
  /** Files that went in, absolute, without this package's own. */
  readonly sources: readonly string[];
}

/** One complaint of the compiler, placed. Lines and columns count from 1. */
interface SyntaxProblem {
  readonly text: string;
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
}

/**
 * Bundles a file in memory; nothing is written anywhere. Imports are followed as Node follows them, JSON and npm
 * packages too; `import ... from 'aurora'` means this package, whichever copy the user has installed.
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
    // The language stands on rooms below it, so all of this package's code is no source of the user's.
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

/** By `require`: an import of a CommonJS package first reads all of it for names, which costs 15 ms here. */
const loadEsbuild = () => createRequire(import.meta.url)('esbuild') as typeof import('esbuild');

/** The runtime comes first; then the file is evaluated, and what it exports is delivered. */
const entryOf = (file: string, { runtime }: Library): string =>
  [
    `import { deliver } from ${JSON.stringify(runtime)};`,
    `import * as file from ${JSON.stringify(file)};`,
    'deliver(file);',
  ].join('\n');

/** CommonJS packages in the bundle call require for Node's own modules. */
const requireFrom = (file: string): string =>
  `import { createRequire as __auroraRequire } from 'node:module'; const require = __auroraRequire(${JSON.stringify(file)});`;

/** Length of what is put in front of the first line of a file that says `import.meta`, by file. */
export const importMetaPrefix = (path: string): string =>
  `const __auroraImportMeta = ${JSON.stringify({
    url: pathToFileURL(path).href,
    filename: path,
    dirname: dirname(path),
  })}; `;

/** In a bundle there is one `import.meta` for all files; this gives each its own again, those of packages too. */
const importMeta: Plugin = {
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
