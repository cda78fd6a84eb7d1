/**
 * Asks a task over HTTP to end before its processes get SIGTERM. Source: the original's HttpLifecycleManager. Unlike
 * there, a status of 400 and up counts as no answer, and the waits are shortened to fit the time that is left.
 */
import { type Fields, number, object, text } from '../api/thermos/fields.ts';
import type { Ports } from '../api/thermos/ports.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Companion } from './companion.ts';
import { localRequest } from './health/local-request.ts';

interface Step {
  readonly endpoint: string;
  /** How long the task may take to end after this step. */
  readonly waitMs: number;
}

export interface HttpLifecycleConfig {
  readonly port: number;
  readonly steps: readonly Step[];
}

const WHERE = 'lifecycle.http';
const REQUEST_LIMIT_MS = 1_000;
/** Bytes; answers are not read any further. */
const LONGEST_BODY = 1024;

const path = (fields: Fields, name: string, ifAbsent: string): string =>
  text(fields[name] ?? ifAbsent, `${WHERE}.${name}`).replace(/^(?!\/)/, '/');
const waitMs = (fields: Fields, name: string): number =>
  Math.max(0, number(fields[name] ?? undefined, `${WHERE}.${name}`, 5)) * 1000;

/**
 * Reads a job's `lifecycle` section; undefined when there is none, or when the task has no port of the given name.
 * @throws AuroraError EXECUTOR naming the field
 */
export function httpLifecycleConfig(section: unknown, ports: Ports): HttpLifecycleConfig | undefined {
  const http = object(section ?? {}, 'lifecycle').http;
  if (http === undefined || http === null) return undefined;
  const fields = object(http, WHERE);
  const port = ports.get(text(fields.port ?? 'health', `${WHERE}.port`));
  if (port === undefined) return undefined;
  return {
    port,
    steps: [
      {
        endpoint: path(fields, 'graceful_shutdown_endpoint', '/quitquitquit'),
        waitMs: waitMs(fields, 'graceful_shutdown_wait_secs'),
      },
      {
        endpoint: path(fields, 'shutdown_endpoint', '/abortabortabort'),
        waitMs: waitMs(fields, 'shutdown_wait_secs'),
      },
    ],
  };
}

/** Sends a POST to the port; true when the answer's status is below 400. */
export async function askToEnd(port: number, endpoint: string, limitMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)));
  const { code } = await localRequest({
    port,
    path: endpoint,
    method: 'POST',
    signal,
    longestBody: LONGEST_BODY,
  });
  return code < 400;
}

interface HttpLifecycleOptions {
  readonly config: HttpLifecycleConfig;
  /** Works like `askToEnd`; rejects when there is no answer. */
  readonly ask: typeof askToEnd;
  /** Fires when all processes have ended. */
  readonly over: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes both steps, one after the other; stops early when the task has ended. */
export function httpLifecycle({ config, ask, over, clock, log }: HttpLifecycleOptions): Companion {
  const { port, steps } = config;
  const asked = async (endpoint: string, limitMs: number) => {
    try {
      const taken = await ask(port, endpoint, limitMs);
      log.info({ endpoint, taken }, 'asked the task to end');
      return taken;
    } catch (error) {
      log.info({ endpoint, error: messageOf(error) }, 'the task does not answer');
      return false;
    }
  };
  const ended = (ms: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        over.removeEventListener('abort', done);
        resolve();
      };
      const timer = clock.after(ms, done);
      over.addEventListener('abort', done);
      if (over.aborted) done();
    });
  return {
    name: 'http lifecycle',
    gate: false,
    start: () => {},
    async leave(graceMs) {
      if (over.aborted) return;
      const wanted = steps.reduce((sum, step) => sum + step.waitMs, 0);
      const share = wanted > graceMs ? graceMs / wanted : 1;
      for (const { endpoint, waitMs } of steps) {
        if (over.aborted) return;
        const requestMs = Math.min(REQUEST_LIMIT_MS, Math.max(100, graceMs / 4));
        if (await asked(endpoint, requestMs)) await ended(waitMs * share);
      }
    },
    stop: () => {},
  };
}
