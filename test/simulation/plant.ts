import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PlantedBug } from './planted.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The file's text with the bug in it. @throws Error when the line that it changes is not there, or there twice. */
export function withBug({ file, line, put }: PlantedBug): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (text.split(line).length !== 2) throw new Error(`${file} does not have once: ${line}`);
  return text.replace(line, () => put);
}

/** Has this process load the product's file with the bug in it, if it has not loaded it yet. */
export function plant(bug: PlantedBug): void {
  const data = { url: pathToFileURL(join(ROOT, bug.file)).href, text: withBug(bug) };
  register('./plant-hooks.js', import.meta.url, { data });
}
