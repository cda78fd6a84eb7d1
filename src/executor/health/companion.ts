import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../../api/thermos/ports.ts';
import type { Clock } from '../../base/clock.ts';
import type { Companion, CompanionTask } from '../companion.ts';
import { type HealthMetrics, healthChecker } from './checker.ts';
import type { HealthConfig } from './config.ts';
import { httpCheck } from './http-check.ts';
import { shellCheck } from './shell-check.ts';

/** While this file is in the sandbox, every check counts as a success without being made. */
const SNOOZE = '.healthchecksnooze';
/** Name of the port that HTTP checks go to. */
const PORT = 'health';

interface HealthCompanionOptions {
  readonly config: HealthConfig;
  readonly ports: Ports;
  readonly sandbox: string;
  /** See ShellCheck. */
  readonly spawn: (command: string) => ChildProcess;
  /** Called when a RUNNING task stops answering, and when it answers again. */
  readonly onAnswers: (answers: boolean) => void;
  readonly clock: Clock;
}

export interface HealthCompanion extends Companion {
  metrics(): HealthMetrics;
}

/** The check to make; undefined when the job has neither a shell check nor a port for HTTP checks. */
function checkOf({ config, ports, spawn, clock }: HealthCompanionOptions) {
  const { shellCommand: command, timeoutMs } = config;
  if (command !== undefined) return () => shellCheck({ command, spawn, timeoutMs, clock });
  const port = ports.get(PORT);
  return port === undefined ? undefined : () => httpCheck(port, config.http, timeoutMs);
}

/** Lets the task become RUNNING once it is healthy and ends it when it no longer is. Undefined without a check. */
export function healthCompanion(options: HealthCompanionOptions): HealthCompanion | undefined {
  const check = checkOf(options);
  if (!check) return undefined;
  let task: CompanionTask;
  const checker = healthChecker({
    config: options.config,
    clock: options.clock,
    check,
    snoozed: () => existsSync(join(options.sandbox, SNOOZE)),
    events: {
      running: () => task.pass('the task is healthy'),
      failed: (reason) => task.end({ kind: 'unhealthy', reason }),
      changed: options.onAnswers,
    },
  });
  return {
    name: 'health',
    gate: true,
    start(given) {
      task = given;
      checker.start();
    },
    // A task that is being stopped naturally fails its checks, so they stop here.
    leave: async () => checker.stop(),
    stop: checker.stop,
    metrics: checker.metrics,
  };
}
