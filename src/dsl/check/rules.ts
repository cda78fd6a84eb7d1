import * as z from 'zod/mini';
import { GOOD_IDENTIFIER } from '../../api/index.ts';
import { parseCrontab } from '../../base/crontab.ts';
import { isTimeZone } from '../../base/time-zone.ts';
import type { PathStep, Problem, ProblemKind } from '../resolve/problem.ts';
import type { Resolved } from '../schema/table.ts';

/**
 * What a single value has to fulfil, beyond having its type. Sources: the original client's conversion and validation
 * (config/thrift.py, client/config.py) and the scheduler's limits that do not depend on how it is set up.
 */
const MB = 2 ** 20;
const LONGEST_IDENTIFIER = 255;

/** The largest number that the wire carries for counts and seconds: 32 bits with a sign. */
const LARGEST_I32 = 2 ** 31 - 1;

type Complaint<T> = (value: T) => string;

const rule = <T>(kind: ProblemKind, holds: (value: T) => boolean, complaint: Complaint<T>) =>
  z.refine<T>((value) => holds(value), {
    error: ({ input }) => complaint(input as T),
    params: { kind },
  });
const number = (kind: ProblemKind, holds: (value: number) => boolean, wanted: string) =>
  z.number().check(rule<number>(kind, holds, (value) => `must be ${wanted}, got ${value}`));
const atMost = (kind: ProblemKind) =>
  rule<number>(
    kind,
    (value) => Math.abs(value) <= LARGEST_I32,
    (value) => `must be at most ${LARGEST_I32}, got ${value}`,
  );
const from = (kind: ProblemKind, least: number) =>
  number(kind, (value) => value >= least, `at least ${least}`).check(atMost(kind));
const notNegative = (kind: ProblemKind) => from(kind, 0);
const positive = (kind: ProblemKind) => from(kind, 1);

const identifier = z.string().check(
  rule<string>(
    'bad-identifier',
    (value) => GOOD_IDENTIFIER.test(value) && value.length <= LONGEST_IDENTIFIER,
    (value) =>
      `must be made of letters, digits and - . _, at most ${LONGEST_IDENTIFIER}, got ${JSON.stringify(value)}`,
  ),
);
const processName = z.string().check(
  rule<string>(
    'bad-identifier',
    (value) => value !== '' && !value.includes('/') && !value.startsWith('.'),
    (value) => `must not be empty, hold a / or start with a dot, got ${JSON.stringify(value)}`,
  ),
);
const bytes = z.number().check(
  rule<number>(
    'bad-value',
    (value) => value >= MB,
    (value) =>
      value > 0 && value <= 1024
        ? `must be at least 1 MB, got ${value} bytes; did you mean ${value} * MB?`
        : `must be at least 1 MB, got ${value} bytes`,
  ),
);
const batches = z.array(positive('bad-update-settings')).check(
  rule<number[]>(
    'bad-update-settings',
    (sizes) => sizes.length > 0,
    () => 'must have at least one size',
  ),
);

const strategy = z.object({
  value: z.object({
    batchSize: z.optional(positive('bad-update-settings')),
    batchSizes: z.optional(batches),
  }),
});

const processes = z
  .array(
    z.object({
      name: processName,
      maxFailures: notNegative('bad-value'),
      minDuration: notNegative('bad-value'),
    }),
  )
  .check(
    rule<unknown[]>(
      'missing-required',
      (list) => list.length > 0,
      () => 'must have at least one process',
    ),
  );

const cronSchedule = z.string().check(
  rule<string>(
    'bad-value',
    (value) => !('problem' in parseCrontab(value)),
    (value) => {
      const result = parseCrontab(value);
      return `${JSON.stringify(value)} is no schedule: it ${'problem' in result ? result.problem : ''}`;
    },
  ),
);

const timeZone = z
  .string()
  .check(
    rule<string>(
      'bad-value',
      isTimeZone,
      (value) => `${JSON.stringify(value)} is no time zone: it has to be a name like Europe/Berlin or GMT`,
    ),
  );

const RULES = z.object({
  role: identifier,
  environment: identifier,
  name: identifier,
  tier: z.optional(identifier),
  instances: positive('bad-value'),
  cronSchedule: z.optional(cronSchedule),
  cronTimeZone: z.optional(timeZone),
  priority: z.number().check(atMost('bad-value')),
  maxTaskFailures: from('bad-value', -1),
  task: z.object({
    processes,
    maxFailures: notNegative('bad-value'),
    maxConcurrency: notNegative('bad-value'),
    finalizationWait: notNegative('bad-value'),
    resources: z.object({
      cpu: number('bad-value', (value) => value > 0, 'more than 0'),
      ram: bytes,
      disk: bytes,
      gpu: notNegative('bad-value'),
    }),
  }),
  updateConfig: z.object({
    batchSize: positive('bad-update-settings'),
    watchSecs: notNegative('bad-update-settings'),
    maxPerShardFailures: notNegative('bad-update-settings'),
    maxTotalFailures: notNegative('bad-update-settings'),
    pulseIntervalSecs: z.optional(
      number('bad-update-settings', (value) => value >= 60, 'at least 60 seconds'),
    ),
    updateStrategy: z.optional(strategy),
  }),
  healthCheckConfig: z.object({
    maxConsecutiveFailures: notNegative('bad-update-settings'),
    minConsecutiveSuccesses: notNegative('bad-update-settings'),
    initialIntervalSecs: notNegative('bad-update-settings'),
    intervalSecs: notNegative('bad-update-settings'),
    timeoutSecs: notNegative('bad-value'),
  }),
  partitionPolicy: z.optional(z.object({ delaySecs: notNegative('bad-value') })),
});

/** Everything that single values of a resolved job do wrong. */
export function ruleProblems(job: Resolved<'Job'>): readonly Problem[] {
  const result = RULES.safeParse(job);
  if (result.success) return [];
  return result.error.issues.map((issue) => ({
    kind: (issue.code === 'custom' ? (issue.params?.kind as ProblemKind) : undefined) ?? 'bad-type',
    path: (issue.path as readonly PathStep[]).filter((step) => step !== 'value'),
    text: issue.message,
  }));
}
