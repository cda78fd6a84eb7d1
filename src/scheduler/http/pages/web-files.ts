import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../../launch/package-root.ts';

/** A file of the built web page, plain and precompressed. */
export interface WebFile {
  readonly type: string;
  readonly plain: Buffer<ArrayBuffer>;
  readonly br?: Buffer<ArrayBuffer>;
  readonly gzip?: Buffer<ArrayBuffer>;
}

/** All files of the built web page. */
export interface WebFiles {
  readonly byName: ReadonlyMap<string, WebFile>;
  /** File names of the entry points; each name contains a hash of the file's content. */
  readonly entries: {
    readonly page: string;
    readonly theme: string;
    readonly style: string;
    /** What `page` imports before it runs. */
    readonly imports: readonly string[];
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
};

const read = (path: string) => readFileSync(path) as Buffer<ArrayBuffer>;

/** Loads all files at once, so that a later build cannot mix with them. Undefined when the page was not built. */
export function loadWebFiles(directory = join(packageRoot(), 'dist', 'web')): WebFiles | undefined {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return undefined;
  }
  if (!names.includes('entries.json')) return undefined;
  const byName = new Map<string, WebFile>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (!type) continue;
    byName.set(name, {
      type,
      plain: read(join(directory, name)),
      ...(names.includes(`${name}.br`) ? { br: read(join(directory, `${name}.br`)) } : {}),
      ...(names.includes(`${name}.gz`) ? { gzip: read(join(directory, `${name}.gz`)) } : {}),
    });
  }
  return { byName, entries: JSON.parse(readFileSync(join(directory, 'entries.json'), 'utf8')) };
}
