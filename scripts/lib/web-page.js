// The web page in dist/web: scripts and styles whose names hold a hash of what is in them, compressed beforehand, and
// entries.json, which says how the first ones are called.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './files.js';

/** What a document names, by the source that it is made from. */
const ENTRIES = { page: 'src/web/main.tsx', theme: 'src/web/theme.ts', style: 'src/web/style.css' };

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });

/** The client for pages of others, whose files the original names so; see src/web/api-client. */
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
    // Classes are called what the API calls them, in a page's tools too.
    keepNames: true,
    entryPoints: API_CLIENT,
    outdir,
    logLevel: 'warning',
  });

/** Builds below `dist`. */
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
    // A licence is kept where it is: beside the file, with its name in it.
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
  writeFileSync(join(outdir, 'entries.json'), JSON.stringify(entries));
  for (const name of readdirSync(outdir).filter((file) => /\.(?:js|css)$/.test(file))) {
    const bytes = readFileSync(join(outdir, name));
    writeFileSync(join(outdir, `${name}.br`), brotli(bytes));
    writeFileSync(join(outdir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
