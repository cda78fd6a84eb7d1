import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { GOOD_IDENTIFIER } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { packageRoot } from './load/library.ts';

interface ScaffoldOptions {
  /** Where the files go; made when it is not there. */
  readonly folder: string;
  /** Name of the first job; default: the folder's. */
  readonly name?: string | undefined;
  readonly role: string;
  /** Default `local`, the embedded cluster. */
  readonly cluster?: string | undefined;
}

const SUFFIX = '.hbs';

/**
 * Makes a folder for job files: package.json, tsconfig.json, a service, a cron job and a test of both. Writes nothing
 * when any of the files is there already, or a name is no identifier. Returns the paths of the new files.
 */
export async function scaffold({
  folder,
  role,
  cluster = 'local',
  ...given
}: ScaffoldOptions): Promise<readonly string[]> {
  const home = resolve(folder);
  const name = given.name ?? basename(home);
  for (const [what, value] of Object.entries({ name, role, cluster })) {
    if (GOOD_IDENTIFIER.test(value)) continue;
    throw new AuroraError('BAD_PARAMETER', `${what} ${JSON.stringify(value)} is no identifier`, {
      next: 'use letters, digits and - . _',
    });
  }
  const templates = join(packageRoot(), 'templates/init');
  const files = readdirSync(templates)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => ({ template: join(templates, file), path: join(home, file.slice(0, -SUFFIX.length)) }));
  const there = files.filter(({ path }) => existsSync(path)).map(({ path }) => basename(path));
  if (there.length > 0) {
    throw new AuroraError('COMMAND_FAILED', `${folder} has ${there.join(', ')} already`, {
      next: 'choose an empty folder',
    });
  }
  const values = { name, role, cluster, aurora: `file:${packageRoot()}` };
  const render = await renderer();
  const texts = files.map(({ template, path }) => ({
    path,
    text: render(readFileSync(template, 'utf8'), values),
  }));
  mkdirSync(home, { recursive: true });
  for (const { path, text } of texts) writeFileSync(path, text, { flag: 'wx' });
  return texts.map(({ path }) => path);
}

/** Only here is all of Handlebars needed. */
async function renderer() {
  const { default: handlebars } = await import('handlebars');
  const helpers = {
    json: (value: unknown) => JSON.stringify(value),
    join: (left: string, right: string) => left + right,
  };
  return (template: string, values: Readonly<Record<string, string>>): string =>
    handlebars.compile(template, { strict: true, noEscape: true })(values, { helpers });
}
