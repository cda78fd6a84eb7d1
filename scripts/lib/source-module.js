import { build } from 'esbuild';
import { ROOT } from './files.js';

/** The exports of a module of the product's sources, which Node cannot import as they are. */
export async function sourceModule(file) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
