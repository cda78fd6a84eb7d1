/** Where in the user's files some fields of a value were given. */
export interface Origin {
  /** Line and column of the call in the bundled text, both from 1; undefined outside the loader. */
  readonly at: readonly [line: number, column: number] | undefined;
  /** Keys that lead from the call's argument to the object literal with the fields. */
  readonly inside: readonly string[];
  /** Names of the fields given there. */
  readonly fields: readonly string[];
}

/** The loader sets this in the thread that evaluates a file; elsewhere nobody asks for positions. */
const RECORDING = Symbol.for('aurora.recordPositions');

/** From now on builders remember where they were called (evaluation thread only). */
export function recordCallSites(): void {
  Object.assign(globalThis, { [RECORDING]: true });
}

/**
 * Where `callee` was called: the frame below it on the stack. The stack is cut to that one frame, which makes a call
 * cost about two microseconds.
 */
export function callSite(callee: (...args: never[]) => unknown): Origin['at'] {
  if (!(RECORDING in globalThis)) return undefined;
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (_, frames) => [frames[0]?.getLineNumber(), frames[0]?.getColumnNumber()];
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callee);
    const [line, column] = holder.stack as [number | null | undefined, number | null | undefined];
    return line && column ? [line, column] : undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
    else delete (Error as Partial<typeof Error>).prepareStackTrace;
  }
}
