import type { ClientConfig } from '../../dsl/client-config.ts';
import type { Fail } from './fail.ts';
import { loadModule } from './load-module.ts';
import type { ModuleFile } from './module-files.ts';

/** A module of the user that has been loaded. */
export interface LoadedModule extends ModuleFile {
  readonly config: ClientConfig;
}

/** Loads modules, one after the other. Throws CONFIG for one that cannot be used. */
export async function loadModules(
  files: readonly ModuleFile[],
  fail: Fail,
): Promise<readonly LoadedModule[]> {
  const modules: LoadedModule[] = [];
  for (const file of files) {
    const loaded = await loadModule(file.path);
    if ('problem' in loaded) throw fail('CONFIG', loaded.problem, 'correct the module', loaded.where);
    const wrong = problemOf(loaded.value);
    if (wrong) throw fail('CONFIG', wrong, 'docs/hooks.md has examples', file.path);
    modules.push({ ...file, config: loaded.value as ClientConfig });
  }
  return modules;
}

const PARTS = ['apiHooks', 'commandHooks', 'plugins'];

/** Says what is wrong with a default export. Only what the compiler cannot check is checked here. */
function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return 'the module has no default export with hooks: end it with export default defineConfig({ ... })';
  const strange = Object.keys(value).find((part) => !PARTS.includes(part));
  if (strange !== undefined) return `the module has ${strange}; there are ${PARTS.join(', ')}`;
  for (const [part, list] of Object.entries(value)) {
    if (!Array.isArray(list)) return `${part} is no list`;
    for (const [at, item] of list.entries()) {
      const name = (item as { readonly name?: unknown } | null)?.name;
      if (typeof name !== 'string' || name === '') return `${part}[${at}] has no name`;
      if (part === 'commandHooks' && name === 'all')
        return "a command hook must not be named all: that is --skip-hooks' word";
    }
  }
  return undefined;
}
