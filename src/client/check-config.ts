import { existsSync } from 'node:fs';
import { ERRORS } from '../base/errors.ts';
import { type ConfigProblem, configProblems } from '../dsl/load/config-problem.ts';
import { checkFile, jobWarnings, type LoadedFile } from '../dsl/load/loaded-job.ts';
import { positionText } from '../dsl/load/source-positions.ts';
import { type ConfigFlags, readJobs } from './job-config.ts';
import type { Session } from './session.ts';

/** What is wrong with a file, and what might be. */
interface Findings {
  readonly jobs: LoadedFile['jobs'];
  readonly mistakes: readonly ConfigProblem[];
  /** Warnings about jobs that could be submitted. */
  readonly warnings: readonly { readonly job: string; readonly text: string }[];
}

/**
 * Prints all mistakes of a file, one a line, or as one JSON object, without asking a scheduler. Returns the exit code:
 * that of CONFIG when there are mistakes. Warnings alone do not count as a failure.
 */
export async function checkConfig(
  session: Session,
  file: string,
  { json, config }: { readonly json: boolean; readonly config: ConfigFlags },
): Promise<number> {
  const findings = await findingsIn(file, config);
  session.print(json ? `${JSON.stringify(asJson(file, findings), null, 2)}\n` : asText(file, findings));
  return findings.mistakes.length > 0 ? ERRORS.CONFIG.exit : 0;
}

async function findingsIn(file: string, { typecheck, ...flags }: ConfigFlags): Promise<Findings> {
  const found = await readFindings(file, flags);
  if (!typecheck || flags.json || !existsSync(file)) return found;
  const types = await import('../dsl/load/typecheck.ts');
  const known = new Set(found.mistakes.map(placeOf));
  const others = types.typecheck(file).filter((mistake) => !known.has(placeOf(mistake)));
  return { ...found, mistakes: [...found.mistakes, ...others] };
}

/** Collects the mistakes of a file; when it cannot be read, they come from the error. */
async function readFindings(file: string, flags: ConfigFlags): Promise<Findings> {
  try {
    const loaded = await readJobs(file, flags);
    const warnings = loaded.jobs.flatMap((job) => jobWarnings(job).map((text) => ({ job: job.key, text })));
    return { jobs: loaded.jobs, mistakes: checkFile(loaded), warnings };
  } catch (error) {
    const mistakes = configProblems(error);
    if (mistakes.length === 0) throw error;
    return { jobs: [], mistakes, warnings: [] };
  }
}

/** The place of a problem as text. Compiler errors at a place that already has a mistake are left out as redundant. */
const placeOf = ({ position }: ConfigProblem): string =>
  position ? `${position.file}:${position.line}:${position.column}` : '';

const asJson = (file: string, { jobs, mistakes, warnings }: Findings) => ({
  file,
  jobs: jobs.map(({ key }) => key),
  mistakes,
  warnings,
});

/** Formats the findings as `FILE:LINE:COLUMN: ...`, which editors and CI systems turn into links. */
function asText(file: string, { jobs, mistakes, warnings }: Findings): string {
  const lines = [
    ...mistakes.map(({ position, path, text, next, job }) => {
      const where = position ? positionText(position) : file;
      return `${where}: ${path ? `${path}: ` : ''}${text}${next ? `; ${next}` : ''}${job ? ` [${job}]` : ''}`;
    }),
    ...warnings.map(({ job, text }) => `${file}: warning: ${text} [${job}]`),
    `${file}: ${counted(jobs.length, 'job')}, ${counted(mistakes.length, 'mistake')}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const counted = (count: number, what: string): string =>
  `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
