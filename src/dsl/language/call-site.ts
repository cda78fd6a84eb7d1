/** Where in the user's files some fields of a value were given. */
export interface Origin {
  /** Line and column of the call in the bundled text, both from 1; undefined outside the loader. */
  readonly at: readonly [line: number, column: number] | undefined;
  /** Keys that lead from the call's argument to the object literal with the fields. */
  readonly inside: readonly string[];
  /** Names of the fields given there. */
  readonly fields: readonly string[];
}

/** Set by the loader in the thread that evaluates a file; elsewhere positions are not needed. */
const RECORDING = Symbol.for('aurora.recordPositions');

/** An object for capturing a stack; if it has the mark RECORDED, its stack is a line and column instead of a text. */
interface Holder {
  readonly [RECORDED]: true;
  readonly stack?: Origin['at'];
}
const RECORDED = Symbol.for('aurora.recordedPosition');

/**
 * Makes builders record where they are called. Only for the evaluation thread, because it replaces the formatting of
 * stacks; that is done once, since changing it around every call costs more than the call.
 */
export function recordCallSites(): void {
  Error.prepareStackTrace = (error, frames) => {
    if (!(RECORDED in error)) return `${error}${frames.map((frame) => `\n    at ${frame}`).join('')}`;
    const [line, column] = [frames[0]?.getLineNumber(), frames[0]?.getColumnNumber()];
    return line && column ? [line, column] : undefined;
  };
  Object.assign(globalThis, { [RECORDING]: true });
}

/**
 * Where `callee` was called: the position of its caller. Limits the stack to one frame, so that a call costs only about
 * two microseconds.
 */
export function callSite(callee: (...args: never[]) => unknown): Origin['at'] {
  if (!(RECORDING in globalThis)) return undefined;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  const holder: Holder = { [RECORDED]: true };
  Error.captureStackTrace(holder, callee);
  const at = holder.stack;
  Error.stackTraceLimit = stackTraceLimit;
  return at;
}
