import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { parsePython } from './python/parse.ts';
import { lineAt, place } from './python/place.ts';
import type { Stmt } from './python/syntax.ts';
import { infer } from './types/infer.ts';
import { type Module, newModule, outside } from './types/modules.ts';
import { writeFile } from './write/file.ts';

/** A translated file. */
export interface MigratedFile {
  /** Absolute path of the original's file. */
  readonly source: string;
  /** Absolute path for its translation. */
  readonly target: string;
  readonly text: string;
  readonly places: readonly MarkedPlace[];
  /** True when the user named the file, false when it was only included. */
  readonly asked: boolean;
}

/** A place in the original that somebody has to look at. */
export interface MarkedPlace {
  /** `FILE:LINE:COLUMN`. */
  readonly where: string;
  readonly line: number;
  /** Text of the line in the original. */
  readonly original: string;
  readonly reason: string;
  /** `open`: the translated file fails here when it is loaded; `note`: it goes on but may mean something else. */
  readonly weight: 'open' | 'note';
}

export interface MigrateOptions {
  /** Folder for the results, arranged as the originals are below their common folder; default: beside the originals. */
  readonly out?: string | undefined;
  /**
   * Version of Python whose rules apply; default: 2, as in the original, unless only Python 3 can read one of the
   * files.
   */
  readonly python?: 2 | 3 | undefined;
}

/**
 * Translates job files of the original with all the files that they include; writes nothing.
 * @throws AuroraError CONFIG with the place, for a file that is missing or not valid Python
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
      const from = outside(module, id);
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

/** The files that a file includes, each with the offset of its include. */
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

/** `web.aurora` becomes `web.aurora.ts`; any other file becomes a plain module: `common.inc` becomes `common.ts`. */
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
