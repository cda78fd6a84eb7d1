// Builds the web page into dist/web: scripts and styles whose names contain a hash of their content, compressed copies
// of them, and entries.json, which maps entries to the names of their files.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './files.js';

/** The entries that a document refers to, with their sources. */
const ENTRIES = { page: 'src/web/main.tsx', theme: 'src/web/theme.ts', style: 'src/web/styles/style.css' };

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });

/**
 * The client for other people's pages. Its files have the names that the original gives them; see src/web/api-client.
 */
const API_CLIENT = {
  api_types: 'src/web/api-client/api-types.ts',
  ReadOnlyScheduler: 'src/web/api-client/read-only-scheduler.ts',
  AuroraSchedulerManager: 'src/web/api-client/aurora-scheduler-manager.ts',
  AuroraAdmin: 'src/web/api-client/aurora-admin.ts',
};

const buildApiClient = (outdir) =>
  build({
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'browser',
    target: ['chrome110', 'firefox110', 'safari16.4'],
    format: 'iife',
    minify: true,
    // Keeps the API's names of classes, so that a page's tools show them too.
    keepNames: true,
    entryPoints: API_CLIENT,
    outdir,
    logLevel: 'warning',
  });

/** Builds the web page and the client below `dist`. */
export async function buildWebPage(dist) {
  const outdir = join(dist, 'web');
  await buildApiClient(join(dist, 'apiclient'));
  const { metafile } = await build({
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'browser',
    target: ['chrome110', 'firefox110', 'safari16.4'],
    format: 'esm',
    splitting: true,
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: Object.values(ENTRIES),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    outdir,
    // Licences go to a file of their own beside each output, which refers to it.
    legalComments: 'linked',
    logLevel: 'warning',
    metafile: true,
  });
  const outputs = Object.entries(metafile.outputs);
  const outputOf = (source) => {
    const [file] = outputs.find(([, { entryPoint }]) => entryPoint === source) ?? [];
    if (file === undefined) throw new Error(`no output was made of ${source}`);
    return basename(relative(outdir, join(ROOT, file)));
  };
  const entries = Object.fromEntries(
    Object.entries(ENTRIES).map(([name, source]) => [name, outputOf(source)]),
  );
  // What the page's script imports before it runs, so that a document can have the browser load it at the same time.
  const [, page] = outputs.find(([, { entryPoint }]) => entryPoint === ENTRIES.page);
  const imports = page.imports
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => basename(path));
  writeFileSync(join(outdir, 'entries.json'), JSON.stringify({ ...entries, imports }));
  for (const name of readdirSync(outdir).filter((file) => /\.(?:js|css)$/.test(file))) {
    const bytes = readFileSync(join(outdir, name));
    writeFileSync(join(outdir, `${name}.br`), brotli(bytes));
    writeFileSync(join(outdir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
