// Builds dist/: the CLI as a bundle for each command (lib/command-bundles.js), the language that job files import and
// the embedded cluster as modules, the executor as one file. TypeScript and esbuild are never bundled: the first is
// the user's, the second is a binary.
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeCodeCaches } from './lib/code-cache.js';
import { buildCommands } from './lib/command-bundles.js';
import { ROOT } from './lib/files.js';

const dist = (...path) => join(ROOT, 'dist', ...path);

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

/** Bundled CommonJS packages call require() for Node's own modules; an ES module has none unless it is made. */
const requireBanner =
  "import { createRequire as auroraRequire } from 'node:module'; const require = auroraRequire(import.meta.url);";

async function buildPrograms() {
  await build({
    ...common,
    format: 'esm',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    entryPoints: {
      dsl: 'src/dsl/index.ts',
      'dsl-runtime': 'src/dsl/load/runtime.ts',
      'local-cluster': 'src/local/process.ts',
    },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: requireBanner },
  });
}

/**
 * The executor is copied alone into a sandbox: one file without an extension, which Node takes for a script or for a
 * module depending on the package.json above it, so it must be able to run as both.
 */
async function buildExecutor() {
  const outfile = dist('aurora-executor');
  await build({
    ...common,
    format: 'iife',
    minify: true,
    legalComments: 'none',
    entryPoints: ['src/executor/entry.ts'],
    outfile,
    banner: { js: '#!/usr/bin/env node\nvar require = (name) => process.getBuiltinModule(name);' },
  });
  chmodSync(outfile, 0o755);
}

rmSync(dist(), { recursive: true, force: true });
await buildPrograms();
await buildExecutor();
await writeCodeCaches(await buildCommands(common));
