import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { packageRoot } from './load/library.ts';

export interface NewFile {
  readonly path: string;
  readonly text: string;
}

const SUFFIX = '.hbs';

const helpers = {
  json: (value: unknown) => JSON.stringify(value),
  join: (left: string, right: string) => left + right,
};

/**
 * Renders the templates in a folder of this package's templates/. `pathOf` maps a template's name (without `.hbs`) to
 * the path of the new file.
 */
export async function renderTemplates(
  folder: string,
  values: Readonly<Record<string, string>>,
  pathOf: (name: string) => string,
): Promise<readonly NewFile[]> {
  // Loaded here because only this needs the whole of Handlebars.
  const { default: handlebars } = await import('handlebars');
  const templates = join(packageRoot(), 'templates', folder);
  return readdirSync(templates)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => {
      const render = handlebars.compile(readFileSync(join(templates, file), 'utf8'), {
        strict: true,
        noEscape: true,
      });
      return { path: pathOf(file.slice(0, -SUFFIX.length)), text: render(values, { helpers }) };
    });
}

/**
 * Writes files into a folder, which is created if it is missing.
 * @throws AuroraError COMMAND_FAILED when one of the files exists already; then nothing is written
 */
export function writeNewFiles(folder: string, files: readonly NewFile[]): readonly string[] {
  const there = files.filter(({ path }) => existsSync(path)).map(({ path }) => basename(path));
  if (there.length > 0)
    throw new AuroraError('COMMAND_FAILED', `${folder} has ${there.join(', ')} already`, {
      next: 'choose an empty folder',
    });
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of files) writeFileSync(path, text, { flag: 'wx' });
  return files.map(({ path }) => path);
}
