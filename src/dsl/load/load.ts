import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isList, isStruct, type Node, nameOfNode, type StructNode } from '../schema/node.ts';
import { parseAddress } from '../template/address.ts';
import { isTemplateFault } from '../template/fault.ts';
import { bundle } from './bundle.ts';
import { type ConfigProblem, configError } from './config-problem.ts';
import { BUNDLE_NAME, type EvaluationFailure, startEvaluation } from './evaluation.ts';
import { findLibrary, type Library, packageRoot } from './library.ts';
import type { LoadOptions } from './load-options.ts';
import { type LoadedFile, loadedJob } from './loaded-job.ts';
import { type Position, type SourcePositions, sourcePositions } from './source-positions.ts';

const TIME_LIMIT_MS = 10_000;

/**
 * Loads a `.aurora.ts` file: bundles it with its imports, evaluates it in a separate thread, and returns its jobs
 * unchecked. A default export that is an empty list is no failure here.
 *
 * Throws a CONFIG error when the file does not exist, does not compile, throws, rejects, ends the process or takes too
 * long, or when its default export is not a list of jobs.
 */
export async function loadJobs(file: string, options: LoadOptions = {}): Promise<LoadedFile> {
  const path = entryPath(file);
  const binds = checkedBinds(options.binds ?? {}, file);
  const library = findLibrary();
  const evaluation = startEvaluation(binds);
  const bundled = await bundle(path, library).catch(async (error: unknown) => {
    await evaluation.cancel();
    throw error;
  });
  if ('problems' in bundled) {
    await evaluation.cancel();
    throw configError(
      bundled.problems.map(({ text, file: at = path, line, column }) =>
        fileProblem(text, { file: at, line, column }),
      ),
      file,
    );
  }
  const positions = sourcePositions(bundled.map, path);
  const result = await evaluation.run(bundled.code, options.timeLimitMs ?? TIME_LIMIT_MS);
  if ('failed' in result) throw failure(result, file, positions, library);
  const jobs = jobsIn(result.jobs, result.exports, file, positions);
  return { file: path, sources: bundled.sources, jobs: jobs.map((job) => loadedJob(job, binds, positions)) };
}

function entryPath(file: string): string {
  const path = resolve(file);
  if (PYTHON.test(path)) throw configError([ofTheOriginal(file)], file);
  if (existsSync(path)) return realpathSync(path);
  throw configError([fileProblem(`no such file: ${file}`, undefined, 'check the path')], file);
}

/** Files of the original, which are in Python. */
const PYTHON = /\.(?:aurora|mesos|thermos|inc|py)$/;

function ofTheOriginal(file: string): ConfigProblem {
  const ours = `${file.replace(PYTHON, '')}.aurora.ts`;
  const page = join(packageRoot(), 'docs/from-pystachio.md');
  const text = 'is a job file of the original, in Python; job files are TypeScript here';
  const next = `run aurora migrate ${file}, or write it as ${ours}: ${page} puts the two side by side`;
  return fileProblem(text, undefined, next);
}

/** Checks that `--bind` names are valid addresses. */
export function checkedBinds(
  binds: Readonly<Record<string, string>>,
  file: string,
): Readonly<Record<string, string>> {
  for (const name of Object.keys(binds)) {
    try {
      parseAddress(name);
    } catch (thrown) {
      if (!isTemplateFault(thrown)) throw thrown;
      throw configError([fileProblem(`--bind ${name}: ${thrown.text}`, undefined)], file);
    }
  }
  return binds;
}

export const fileProblem = (text: string, position: Position | undefined, next?: string): ConfigProblem => ({
  kind: 'load',
  path: '',
  text,
  position,
  next,
});

const ADVICE: Partial<Record<EvaluationFailure['failed'], string>> = {
  'timed out': 'look for an endless loop, or for something that the file waits for',
  exited: 'a job file must not call process.exit',
  'out of memory': 'look for a loop that never stops adding to a list',
};

function failure(
  { failed, message, stack }: EvaluationFailure,
  file: string,
  positions: SourcePositions,
  library: Library,
): Error {
  const text =
    failed === 'rejected' ? `a promise was rejected and nobody waited for it: ${message}` : message;
  return configError([fileProblem(text, thrownAt(stack, positions, library), ADVICE[failed])], file);
}

/** The innermost frame of a stack that is in the user's files. */
function thrownAt(
  stack: string | undefined,
  positions: SourcePositions,
  library: Library,
): Position | undefined {
  const own = dirname(library.language);
  const frames = (stack ?? '').split(`${BUNDLE_NAME}:`).slice(1);
  for (const frame of frames) {
    const [line, column] = frame.split(/\D/, 2);
    const position = positions.original(Number(line), Number(column));
    if (position && !position.file.startsWith(own)) return position;
  }
  return undefined;
}

function jobsIn(
  exported: Node | undefined,
  names: readonly string[],
  file: string,
  positions: SourcePositions,
): readonly StructNode[] {
  if (exported === undefined) {
    const hint = names.length > 0 ? `; it exports ${names.join(', ')}` : '';
    throw configError(
      [fileProblem(`the file has no default export${hint}`, undefined, 'end it with: export default [job]')],
      file,
    );
  }
  const list = isList(exported) ? exported : [exported];
  const strangers = list.flatMap((item, index) => (isJob(item) ? [] : [stranger(item, index, positions)]));
  if (strangers.length > 0) throw configError(strangers, file);
  return list as readonly StructNode[];
}

const isJob = (node: Node): node is StructNode => isStruct(node) && node.struct === 'Job';

function stranger(node: Node, index: number, positions: SourcePositions): ConfigProblem {
  const position = isStruct(node) ? positions.of(node, []) : undefined;
  const next = isStruct(node)
    ? 'put it into a Job'
    : 'make jobs with Job({ ... }) or Service({ ... }), and copies with job.with({ ... })';
  return {
    ...fileProblem(`is ${nameOfNode(node)}, not a job`, position, next),
    path: `default export[${index}]`,
  };
}
