// Builds dist/: the CLI with a bundle for each command (lib/command-bundles.js), the language that job files import
// with its declarations, the embedded cluster as modules, the executor as one file, and the web page (lib/web-page.js).
// With --standalone it also builds the executor with Node inside. TypeScript and esbuild are never bundled: the first
// is the user's own, the second is a binary.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeCodeCaches } from './lib/code-cache.js';
import { buildCommands } from './lib/command-bundles.js';
import { ROOT } from './lib/files.js';
import { STAMP_FILE, sourcesStamp } from './lib/prepare.js';
import { stage } from './lib/stage.js';
import { buildStandaloneExecutor } from './lib/standalone.js';
import { buildWebPage } from './lib/web-page.js';

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['esbuild', 'typescript'],
  legalComments: 'linked',
  logLevel: 'warning',
  logOverride: { 'ignored-bare-import': 'silent' },
};

/** Defines `require` in ES modules, because bundled CommonJS packages call it for Node's own modules. */
const requireBanner =
  "import { createRequire as auroraRequire } from 'node:module'; const require = auroraRequire(import.meta.url);";

async function buildPrograms(dist) {
  await build({
    ...common,
    format: 'esm',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    entryPoints: {
      dsl: 'src/dsl/index.ts',
      'dsl-runtime': 'src/dsl/load/runtime.ts',
      config: 'src/dsl/client-config.ts',
      'local-cluster': 'src/local/process.ts',
      testing: 'src/dsl/testing.ts',
    },
    outdir: dist,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: requireBanner },
  });
}

/**
 * Builds the executor. It is copied alone into a sandbox, as one file without an extension. Depending on the
 * package.json above it, Node takes such a file for a script or for a module, so it must run as both.
 */
async function buildExecutor(dist) {
  const outfile = join(dist, 'aurora-executor');
  await build({
    ...common,
    format: 'iife',
    minify: true,
    legalComments: 'none',
    entryPoints: ['src/executor/entry.ts'],
    outfile,
    // The banner is valid both as shell and as JavaScript. Node raises the soft limit of open files before any of our
    // code runs, but tasks must get the limits that the executor was started with, so the shell passes them on.
    banner: { js: readFileSync(new URL('lib/executor-banner.txt', import.meta.url), 'utf8').trimEnd() },
  });
  chmodSync(outfile, 0o755);
}

/**
 * Builds the declarations of what job files import. Type errors are ignored here, because `npm run check` reports them.
 */
async function buildTypes(dist) {
  const outDir = join(dist, 'types');
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', outDir], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (!existsSync(join(outDir, 'dsl/index.d.ts'))) throw new Error(`no declarations:\n${output}`);
}

const stamp = sourcesStamp();
const { dist, finish } = stage();
const types = buildTypes(dist);
await Promise.all([buildPrograms(dist), buildExecutor(dist), buildWebPage(dist)]);
await writeCodeCaches(dist, await buildCommands(common, dist));
await types;
if (process.argv.includes('--standalone'))
  await buildStandaloneExecutor(join(dist, 'aurora-executor-standalone'));
writeFileSync(join(dist, STAMP_FILE), stamp);
finish();
