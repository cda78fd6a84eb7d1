import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction, constants } from 'node:vm';
import type { BuildFailure } from 'esbuild';
import { messageOf } from '../../base/errors.ts';
import type { ClientConfig } from '../../dsl/client-config.ts';
import { importMeta } from '../../dsl/load/bundle.ts';
import { findLibrary, type Library } from '../../dsl/load/library.ts';

/** Why a module cannot be used. */
export interface ModuleProblem {
  readonly problem: string;
  readonly where: string;
}

/**
 * Compiles a module and its imports, as for job files, and runs it in this process. The result is its default export,
 * unchecked. There is no time limit, because a hook may wait for a person.
 */
export async function loadModule(path: string): Promise<{ readonly value: unknown } | ModuleProblem> {
  let code: string;
  try {
    code = await compiled(path, findLibrary());
  } catch (thrown) {
    const [error] = (thrown as Partial<BuildFailure>).errors ?? [];
    if (!error) return { problem: messageOf(thrown), where: path };
    const { file = path, line = 1, column = 0 } = error.location ?? {};
    return { problem: error.text, where: `${file}:${line}:${column + 1}` };
  }
  const module = { exports: {} as { readonly default?: ClientConfig } };
  try {
    const run = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: path,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    run(module.exports, createRequire(path), module, path, dirname(path));
  } catch (thrown) {
    return { problem: messageOf(thrown), where: path };
  }
  return { value: module.exports.default };
}

/** Uses `require`, as for job files. */
const loadEsbuild = () => createRequire(import.meta.url)('esbuild') as typeof import('esbuild');

async function compiled(path: string, { language, config }: Library): Promise<string> {
  const { outputFiles } = await loadEsbuild().build({
    entryPoints: [path],
    absWorkingDir: dirname(path),
    alias: { 'aurora/config': config, aurora: language },
    bundle: true,
    define: { 'import.meta': '__auroraImportMeta' },
    format: 'cjs',
    logLevel: 'silent',
    platform: 'node',
    plugins: [importMeta],
    sourcemap: 'inline',
    sourcesContent: false,
    target: 'node20',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
