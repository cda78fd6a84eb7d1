import { AuroraError, ERRORS, messageOf } from '../base/errors.ts';
import type { Session } from './session.ts';

/** Fields of the API that hold epoch milliseconds. */
const MOMENT = /^(.*[tT]imestamp)(?:Ms)?$/;

/**
 * Converts a result to the form of `--json`: real booleans, names of enums, times in ISO 8601 with Z (a field `...Ms`
 * then loses the `Ms`), bytes in base64, whole numbers as numbers.
 */
export function jsonForm(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonForm);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const field = MOMENT.exec(name)?.[1];
      return field !== undefined && (typeof item === 'bigint' || typeof item === 'number')
        ? [field, new Date(Number(item)).toISOString()]
        : [name, jsonForm(item)];
    }),
  );
}

/** Epoch milliseconds in ISO 8601, UTC. */
export const isoTime = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** A failure in the form of `--json`, for stdout; the message goes to stderr as well. */
export function errorForm(error: unknown): object {
  if (!(error instanceof AuroraError))
    return { error: { cause: 'BUG', exit: ERRORS.BUG.exit, text: messageOf(error) } };
  const { code: cause, exitCode: exit, text, where, next } = error;
  return { error: { cause, exit, text, where, next } };
}

/**
 * Runs a command so that stdout holds only its result as JSON: text that the command prints is dropped, and the last
 * result that it gave is printed at the end. Programs that get the terminal write to stderr.
 */
export async function withJson(
  session: Session,
  run: (session: Session) => Promise<number>,
): Promise<number> {
  let result: { readonly value: unknown } | undefined;
  const [stdin, , stderr] = session.stdio;
  const quiet: Session = {
    ...session,
    print: () => {},
    give: (value) => {
      result = { value };
    },
    terminal: () => undefined,
    asker: undefined,
    stdio: [stdin, stderr, stderr],
  };
  const exit = await run(quiet);
  session.print(`${JSON.stringify(jsonForm(result ? result.value : { ok: exit === 0 }), null, 2)}\n`);
  return exit;
}
