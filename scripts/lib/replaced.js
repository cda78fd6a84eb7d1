import { readFileSync } from 'node:fs';

/** The content of a file with a part replaced, for an esbuild plugin's onLoad. Fails when the part is not found. */
export function replaced(path, from, to) {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} no longer holds: ${from}`);
  return { contents: text.replace(from, to), loader: 'js' };
}
