import { parseCrontab } from '../../base/crontab.ts';
import { GOOD_IDENTIFIER } from '../constants.ts';
import type { CronCollisionPolicy } from '../names.ts';
import { filled, fitsWire, from, must, type Rule } from './rule.ts';

const LONGEST_IDENTIFIER = 255;

/** Mesos counts in thousandths. A smaller amount is zero to it, and any number of such tasks would fit. */
const LEAST_SHARE = 0.001;

/**
 * Linux accepts no program argument longer than 32 pages, including its final zero (MAX_ARG_STRLEN), and a command line
 * is one argument of the shell. The smallest pages are 4 KiB.
 */
const LONGEST_COMMAND_BYTES = 32 * 4096 - 1;

/** A process has files named after it, the longest name being `coordinator.NAME`; a file name has at most 255 bytes. */
const LONGEST_PROCESS_NAME_BYTES = 255 - 'coordinator.'.length;

const utf8 = new TextEncoder();
const bytesOf = (text: string): number => utf8.encode(text).length;

const share = must<number>(
  `at least ${LEAST_SHARE}`,
  (value) => Number.isFinite(value) && value >= LEAST_SHARE,
);

/**
 * The rules for single values of a job, which client, scheduler and executor all apply; rules about several values are
 * in the other files here. What depends on a scheduler's settings (environments, tiers, containers) is checked only
 * there. Sources: the original's client (config/thrift.py), scheduler (ConfigurationManager) and Thermos' schema; what
 * Mesos and Linux refuse.
 */
export const RULES = {
  /** Role, environment, name, tier. */
  identifier: ((value) =>
    GOOD_IDENTIFIER.test(value) && value.length <= LONGEST_IDENTIFIER
      ? undefined
      : `must be made of letters, digits and - . _, at most ${LONGEST_IDENTIFIER}, got ${JSON.stringify(value)}`) as Rule<string>,
  instances: from(1),
  priority: fitsWire,
  /** -1 means no limit. */
  maxTaskFailures: from(-1),
  partitionDelaySecs: from(0),
  cronSchedule: ((value) => {
    const read = parseCrontab(value);
    return 'problem' in read ? `${JSON.stringify(value)} is not a schedule: it ${read.problem}` : undefined;
  }) as Rule<string>,
  /** Only for jobs with a schedule. */
  cronCollisionPolicy: ((value) =>
    value === 'RUN_OVERLAP'
      ? 'must be KILL_EXISTING or CANCEL_NEW: no scheduler lets runs of a job overlap'
      : undefined) as Rule<CronCollisionPolicy>,

  cpus: share,
  /** Cpus of a role's quota, or of an executor; may be 0. */
  cpusOrNone: ((value) => (value === 0 ? undefined : share(value))) as Rule<number>,
  gpus: from(0),

  processName: ((value) => {
    if (value === '' || value.includes('/') || value.startsWith('.') || value.includes('\0'))
      return `must not be empty, hold a / or start with a dot, got ${JSON.stringify(value)}`;
    const size = bytesOf(value);
    return size > LONGEST_PROCESS_NAME_BYTES
      ? `must have at most ${LONGEST_PROCESS_NAME_BYTES} bytes, has ${size}: files are called after it`
      : undefined;
  }) as Rule<string>,
  /** Run by `/bin/bash -c`. */
  command: ((value) => {
    if (value.includes('\0')) return 'holds a zero byte, which no command line can have';
    const size = bytesOf(value);
    return size > LONGEST_COMMAND_BYTES
      ? `must have at most ${LONGEST_COMMAND_BYTES} bytes, has ${size}: Linux starts no shell with more; put it into a file that the task fetches`
      : undefined;
  }) as Rule<string>,
  processMaxFailures: from(0),
  minDurationSecs: from(0),
  logSizeBytes: must<number>('at least 1 byte', (value) => value >= 1),
  logBackups: from(1),
  taskMaxFailures: from(0),
  maxConcurrency: from(0),
  finalizationWaitSecs: from(0),

  batchSize: from(1),
  watchSecs: from(0),
  updateFailures: from(0),
  /** No limit is said by leaving it out, not by 0. The upper bound is what fits into the setting in milliseconds (32 bits). */
  startTimeoutSecs: must<number>('from 1 to 2147483 seconds', (value) => value >= 1 && value <= 2_147_483),
  pulseIntervalSecs: must<number>('at least 60 seconds', (value) => value >= 60),

  healthFailures: from(0),
  healthSuccesses: from(0),
  initialIntervalSecs: from(0),
  /** Must not be 0: with no timeout every check fails, and with no pause successive checks never count up. */
  healthIntervalSecs: must<number>('more than 0', (value) => value > 0),
  healthTimeoutSecs: must<number>('more than 0', (value) => value > 0),

  fixedPort: must<number>('a port from 1 to 65535', (value) => value >= 1 && value <= 65_535),
  dockerImage: filled,
  volumePath: filled,
} as const;
