import { AuroraError } from '../../base/errors.ts';
import { type Problem, type ProblemKind, pathText } from '../resolve/problem.ts';
import { type Position, positionText } from './source-positions.ts';

/** One mistake in a file, ready to be shown or written as JSON. */
export interface ConfigProblem {
  readonly kind: ProblemKind;
  /** `cluster/role/environment/name` of the job; undefined when the mistake concerns the whole file. */
  readonly job?: string | undefined;
  /** `task.processes[0].cmdline`; empty when it concerns a whole job or file. */
  readonly path: string;
  /** What the value is and what it must be. */
  readonly text: string;
  readonly next?: string | undefined;
  readonly position?: Position | undefined;
  /** The job can be converted but is useless: the job itself, or an update of it. */
  readonly doomed?: Problem['doomed'];
  /** Only a value is missing. */
  readonly late?: Problem['late'];
}

/** `task.resources.ram must be at least 1 MB, got 128 bytes (hello.aurora.ts:12:9); ...`. */
export function problemText({ path, text, next, position }: ConfigProblem): string {
  const where = position ? ` (${positionText(position)})` : '';
  return `${path ? `${path}: ` : ''}${text}${where}${next ? `; ${next}` : ''}`;
}

const carried = new WeakMap<AuroraError, readonly ConfigProblem[]>();

/** The mistakes behind a CONFIG error of this room; empty for other errors. */
export const configProblems = (error: unknown): readonly ConfigProblem[] =>
  error instanceof AuroraError ? (carried.get(error) ?? []) : [];

/**
 * One error for all mistakes of a file or job: their texts, on a line each if there are several. Its `where` is the
 * place of a single mistake.
 */
export function configError(problems: readonly ConfigProblem[], subject: string): AuroraError {
  const [first] = problems;
  const error =
    problems.length === 1 && first
      ? new AuroraError('CONFIG', `${first.path ? `${subject}: ${first.path}: ` : ''}${first.text}`, {
          where: first.position && positionText(first.position),
          next: first.next,
        })
      : new AuroraError(
          'CONFIG',
          `${problems.length} mistakes in ${subject}:\n${problems.map((problem) => `  ${problemText(problem)}`).join('\n')}`,
        );
  carried.set(error, problems);
  return error;
}

/** A mistake of a job with its place. */
export const placed = (
  problem: Problem,
  job: string | undefined,
  position: Position | undefined,
): ConfigProblem => ({
  kind: problem.kind,
  job,
  path: pathText(problem.path),
  text: problem.text,
  next: problem.next,
  position,
  ...(problem.doomed ? { doomed: problem.doomed } : {}),
  ...(problem.late ? { late: true } : {}),
});
