import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type TypeScript from 'typescript';
import { AuroraError } from '../../base/errors.ts';
import type { ConfigProblem } from './config-problem.ts';
import { packageRoot } from './library.ts';

/**
 * Type errors of job files and their imports, all in one go, found with the TypeScript of the user's project and its
 * tsconfig.json, if there is one. Throws a CONFIG error when the project has no TypeScript.
 */
export function typecheck(...files: readonly [string, ...string[]]): readonly ConfigProblem[] {
  const paths = files.map((file) => resolve(file));
  const [path] = paths as [string];
  const ts = typescriptOf(path);
  const options = optionsOf(ts, path);
  const program = ts.createProgram(paths, {
    ...options,
    noEmit: true,
    incremental: false,
    composite: false,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: {
      ...(options.paths ?? {}),
      aurora: [typesOf('index')],
      'aurora/config': [typesOf('client-config')],
      'aurora/testing': [typesOf('testing')],
    },
  });
  const own = join(packageRoot(), '/');
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file: at }) => at === undefined || paths.includes(at.fileName) || !at.fileName.startsWith(own))
    .map((diagnostic) => problemOf(ts, diagnostic));
}

function typescriptOf(path: string): typeof TypeScript {
  try {
    return createRequire(path)('typescript') as typeof TypeScript;
  } catch (cause) {
    throw new AuroraError('CONFIG', `there is no TypeScript to check ${path} with`, {
      next: 'run npm install --save-dev typescript in its folder',
      cause,
    });
  }
}

/** The project's own settings; without any, strict ones for modules. */
function optionsOf(ts: typeof TypeScript, path: string): TypeScript.CompilerOptions {
  const defaults: TypeScript.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    resolveJsonModule: true,
    strict: true,
  };
  const config = ts.findConfigFile(dirname(path), ts.sys.fileExists);
  if (!config) return defaults;
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config ?? {},
    ts.sys,
    dirname(config),
  );
  return { ...defaults, ...options };
}

/** The declarations of the language: the built ones, or the sources when this code runs from sources. */
const typesOf = (name: string): string =>
  import.meta.url.endsWith('.ts')
    ? join(packageRoot(), 'src/dsl', `${name}.ts`)
    : join(packageRoot(), 'dist/types/dsl', `${name}.d.ts`);

function problemOf(ts: typeof TypeScript, diagnostic: TypeScript.Diagnostic): ConfigProblem {
  const { file, start = 0, messageText } = diagnostic;
  const text = ts.flattenDiagnosticMessageText(messageText, ' ');
  const place = file?.getLineAndCharacterOfPosition(start);
  return {
    kind: 'type-error',
    path: '',
    text,
    position:
      file && place ? { file: file.fileName, line: place.line + 1, column: place.character + 1 } : undefined,
  };
}
