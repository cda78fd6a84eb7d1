// Module hooks: one file of the product is loaded with another text; see plant.ts.
import { transform } from 'esbuild';

let planted;

export function initialize(data) {
  planted = data;
}

export async function load(url, context, next) {
  if (url !== planted.url) return next(url, context);
  const { code } = await transform(planted.text, { loader: 'ts', format: 'esm', target: 'node20' });
  return { format: 'module', source: code, shortCircuit: true };
}
