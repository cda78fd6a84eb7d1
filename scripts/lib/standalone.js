// Builds the executor with Node inside, as a single executable application, for agents and images without Node. It
// contains the Node that runs the build, so it only fits the machine's architecture and C library.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inject } from 'postject';
import { ROOT } from './files.js';

/**
 * The marker in Node's executable that tells whether an application was injected. Source: Node's documentation of
 * single executable applications.
 */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Writes the executable; throws when this Node cannot make one. */
export async function buildStandaloneExecutor(outfile) {
  const work = mkdtempSync(join(tmpdir(), 'aurora-standalone-'));
  try {
    const [main, output, config] = ['main.js', 'blob', 'sea.json'].map((name) => join(work, name));
    await build({
      absWorkingDir: ROOT,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20.19',
      format: 'iife',
      legalComments: 'none',
      logLevel: 'warning',
      entryPoints: ['src/executor/entry.ts'],
      outfile: main,
    });
    writeFileSync(config, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
    const { status, stderr } = spawnSync(process.execPath, ['--experimental-sea-config', config]);
    if (status !== 0) throw new Error(`Node made no single executable application: ${stderr}`);
    copyFileSync(process.execPath, outfile);
    chmodSync(outfile, 0o755);
    await inject(outfile, 'NODE_SEA_BLOB', readFileSync(output), { sentinelFuse: FUSE });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
