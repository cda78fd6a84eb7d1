import { type Fields, integer, invalid, number, object, text } from '../../api/thermos/fields.ts';
import type { HealthRules } from './machine.ts';

export interface HttpCheckConfig {
  readonly endpoint: string;
  /** What the body must be, ignoring case and surrounding blanks; empty accepts any body. */
  readonly expectedResponse: string;
  /** The status that the answer must have; 0 accepts any below 400. */
  readonly expectedCode: number;
}

export interface HealthConfig {
  readonly rules: HealthRules;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** How long a task may take to become healthy; the announcer waits just as long for ZooKeeper. */
  readonly graceMs: number;
  readonly http: HttpCheckConfig;
  /** Present when the job has a shell check, which then replaces the HTTP check. */
  readonly shellCommand: string | undefined;
}

const WHERE = 'health_check_config';

/** Reads a number, which a template may have written as text; null, as old clients send it, means absent. */
const amount = (value: unknown, name: string, ifAbsent: number, least: number): number => {
  const found = number(value ?? undefined, `${WHERE}.${name}`, ifAbsent);
  if (found >= least) return found;
  throw invalid(`${name} must be at least ${least}, got ${found}`, WHERE);
};

function httpCheck(value: unknown): HttpCheckConfig {
  const http = object(value ?? {}, `${WHERE}.health_checker.http`);
  const endpoint = text(http.endpoint ?? '/health', `${WHERE}.health_checker.http.endpoint`);
  if (!/^\/[^\s#]*$/.test(endpoint))
    throw invalid(`the endpoint must be a path that begins with a slash, got "${endpoint}"`, WHERE);
  return {
    endpoint,
    expectedResponse: text(http.expected_response ?? 'ok', `${WHERE}.health_checker.http.expected_response`),
    expectedCode: integer(
      http.expected_response_code ?? undefined,
      `${WHERE}.health_checker.http.expected_response_code`,
      0,
    ),
  };
}

/**
 * Reads a job's optional section `health_check_config`. Source: the original's schema and defaults.
 * @throws AuroraError EXECUTOR naming the field
 */
export function healthConfig(section: unknown): HealthConfig {
  const fields: Fields = object(section ?? {}, WHERE);
  const checker = object(fields.health_checker ?? {}, `${WHERE}.health_checker`);
  const intervalSecs = amount(fields.interval_secs, 'interval_secs', 10, 0.01);
  const graceSecs = amount(fields.initial_interval_secs, 'initial_interval_secs', 15, 0);
  const failures = amount(fields.max_consecutive_failures, 'max_consecutive_failures', 0, 0);
  const shell =
    checker.shell === undefined || checker.shell === null ? undefined : object(checker.shell, WHERE);
  const shellCommand = shell
    ? text(shell.shell_command, `${WHERE}.health_checker.shell.shell_command`)
    : undefined;
  return {
    rules: {
      forgiven: Math.ceil(graceSecs / intervalSecs),
      maxConsecutiveFailures: Math.trunc(failures),
      minConsecutiveSuccesses: Math.trunc(
        amount(fields.min_consecutive_successes, 'min_consecutive_successes', 1, 0),
      ),
    },
    intervalMs: intervalSecs * 1000,
    timeoutMs: amount(fields.timeout_secs, 'timeout_secs', 1, 0.001) * 1000,
    graceMs: (graceSecs + failures * intervalSecs) * 1000,
    http: httpCheck(checker.http),
    shellCommand,
  };
}
