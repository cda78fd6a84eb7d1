import { readFileSync } from 'node:fs';

/** A file with a part replaced, for an esbuild plugin's onLoad; fails when the part is not there. */
export function replaced(path, from, to) {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} no longer holds: ${from}`);
  return { contents: text.replace(from, to), loader: 'js' };
}
