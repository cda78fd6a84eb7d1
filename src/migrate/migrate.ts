import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { parsePython } from './python/parse.ts';
import { lineAt, place } from './python/place.ts';
import type { Stmt } from './python/syntax.ts';
import { infer, type Module, newModule } from './types/infer.ts';
import { writeFile } from './write/file.ts';

/** A file that was translated. */
export interface MigratedFile {
  /** The file of the original, absolute. */
  readonly source: string;
  /** Where its translation belongs, absolute. */
  readonly target: string;
  readonly text: string;
  readonly places: readonly MarkedPlace[];
  /** It was named by the user, not only included. */
  readonly asked: boolean;
}

/** A place of the original that a person has to look at. */
export interface MarkedPlace {
  /** `FILE:LINE:COLUMN`. */
  readonly where: string;
  readonly line: number;
  /** The original's line. */
  readonly original: string;
  readonly reason: string;
  /** `open`: the translation stops there when it is loaded; `note`: it goes on, and may mean something else. */
  readonly weight: 'open' | 'note';
}

export interface MigrateOptions {
  /** Folder of the results, which lie there as the originals lie below their common folder; default: beside them. */
  readonly out?: string | undefined;
  /** Version of Python whose rules count; default: 2, as the original's, unless a file can only be read by 3. */
  readonly python?: 2 | 3 | undefined;
}

/**
 * Translates job files of the original, with all that they include. Nothing is written. Throws CONFIG, with the place,
 * for a file that is missing or no Python.
 */
export function migrate(files: readonly string[], options: MigrateOptions = {}): readonly MigratedFile[] {
  const modules = new Map<string, Module>();
  const asked = new Set(files.map((file) => resolve(file)));
  const open = (path: string, from?: string): Module => {
    const known = modules.get(path);
    if (known) return known;
    const module = newModule(parsePython(path, read(path, from)));
    modules.set(path, module);
    for (const { target, at } of includes(module.file.body, dirname(path))) {
      const where = place(path, module.file.text, at);
      const other = open(target, where);
      module.includes.push(other);
      other.includedBy.push(module);
    }
    return module;
  };
  for (const path of asked) open(path);
  const all = [...modules.values()];
  const python = options.python ?? (all.some(({ file }) => file.onlyThree) ? 3 : 2);
  const inference = infer(all, python);
  const folder = commonFolder([...modules.keys()]);
  const targetOf = (path: string): string => {
    const name = `${join(dirname(path), targetName(path))}`;
    return options.out === undefined ? name : join(resolve(options.out), relative(folder, name));
  };
  const exportedBy = new Map<Module, Set<string>>();
  for (const module of all) {
    const wanted = [
      ...module.scopes.free.keys(),
      ...module.scopes.file.names.keys(),
      ...(module.includedBy.length === 0 ? ['jobs'] : []),
    ];
    for (const id of wanted) {
      const from = inference.outside(module, id);
      if (!from) continue;
      const set = exportedBy.get(from.module) ?? new Set<string>();
      exportedBy.set(from.module, set);
      set.add(id);
    }
  }
  return all.map((module): MigratedFile => {
    const { path, text } = module.file;
    const own = includes(module.file.body, dirname(path));
    const isLibrary = !module.scopes.file.names.has('jobs') && !asked.has(path);
    const exported = exportedBy.get(module) ?? new Set<string>();
    const written = writeFile(module, inference, {
      python,
      exported:
        isLibrary || (!module.scopes.file.names.has('jobs') && module.includes.length === 0)
          ? 'all'
          : exported,
      imported: exported,
      importPath: (other) => importPath(targetOf(path), targetOf(other.file.path)),
      included: (at) => {
        const found = own.find((one) => one.at === at);
        return found && modules.get(found.target);
      },
    });
    return {
      source: path,
      target: targetOf(path),
      text: written.text,
      asked: asked.has(path),
      places: written.remarks.map(({ from, reason, weight }) => ({
        where: place(path, text, from),
        line: lineAt(text, from),
        original: lineText(text, from),
        reason,
        weight,
      })),
    };
  });
}

function read(path: string, from: string | undefined): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AuroraError('CONFIG', `no such file: ${path}`, { where: from, next: 'check the path', cause });
  }
}

/** Files that a file includes, by the offset of the include. */
function includes(
  body: readonly Stmt[],
  folder: string,
): readonly { readonly target: string; readonly at: number }[] {
  return body.flatMap((stmt) => {
    if (
      stmt.t !== 'expr' ||
      stmt.value.t !== 'call' ||
      stmt.value.fn.t !== 'name' ||
      stmt.value.fn.id !== 'include'
    )
      return [];
    const path = stmt.value.args[0]?.value;
    return path?.t === 'str' ? [{ target: resolve(folder, path.value), at: stmt.from }] : [];
  });
}

/** `web.aurora` is `web.aurora.ts`, any other file is a plain module: `common.inc` is `common.ts`. */
function targetName(path: string): string {
  const name = basename(path);
  if (name.endsWith('.aurora')) return `${name}.ts`;
  const dot = name.lastIndexOf('.');
  return `${dot > 0 ? name.slice(0, dot) : name}.ts`;
}

const importPath = (from: string, to: string): string => {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
};

function commonFolder(paths: readonly string[]): string {
  const [first = '/', ...rest] = paths.map((path) => dirname(path));
  return rest.reduce((common, folder) => {
    let at = common;
    while (at !== dirname(at) && folder !== at && !folder.startsWith(`${at}/`)) at = dirname(at);
    return at;
  }, first);
}

const lineText = (text: string, at: number): string => {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? undefined : end).trim();
};
