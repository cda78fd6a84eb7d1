/** The kind of a mistake; every check has exactly one. */
export type ProblemKind =
  | 'missing-required'
  | 'unknown-field'
  | 'bad-type'
  | 'bad-value'
  | 'bad-identifier'
  | 'unbound-variable'
  | 'invalid-reference'
  | 'endless-template'
  | 'bad-constraint'
  | 'bad-plan'
  | 'cyclic-ports'
  | 'static-port-needs-dedicated'
  | 'bad-update-settings'
  | 'no-jobs'
  | 'load'
  | 'type-error';

/** A step from a job to one of its values: a field, a map key or a list index. */
export type PathStep = string | number;

/** One mistake in a job, without its place in a file. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly path: readonly PathStep[];
  /** A sentence about the value, without a full stop: what it is and what it must be. */
  readonly text: string;
  /** What to do about it, if the text does not make that obvious. */
  readonly next?: string | undefined;
  /**
   * Set when the job can be converted but is useless to the scheduler: `job` for the job itself, `update` for an update
   * of it.
   */
  readonly doomed?: 'job' | 'update' | undefined;
  /**
   * Only a value is missing; everything else has its type. The original asks the scheduler for its tiers before it
   * looks for these, and scripts with their own scheduler rely on that call.
   */
  readonly late?: true | undefined;
  /** The unbound variable. */
  readonly variable?: string | undefined;
}

/** `task.processes[0].cmdline`. */
export const pathText = (path: readonly PathStep[]): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number'
        ? `${text}[${step}]`
        : /^[A-Za-z_]\w*$/.test(step)
          ? text
            ? `${text}.${step}`
            : step
          : `${text}[${JSON.stringify(step)}]`,
    '',
  );
