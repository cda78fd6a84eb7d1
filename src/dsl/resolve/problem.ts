/** What kind of mistake it is; every check belongs to exactly one. */
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
  /** A sentence about the value, without a full stop: what it is and what it has to be. */
  readonly text: string;
  /** What to do about it, where that is not plain from the text. */
  readonly next?: string | undefined;
  /**
   * The job can be written down in the scheduler's form, and would come to nothing there: `job` for the job itself,
   * `update` for an update of it.
   */
  readonly doomed?: 'job' | 'update' | undefined;
  /**
   * Only a value is missing, and all that is there has its type. The original asks the scheduler for its tiers before it
   * looks for these, and scripts with a scheduler of their own count on the call.
   */
  readonly late?: true | undefined;
  /** The variable that is bound to nothing. */
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
