import * as z from 'zod/mini';
import type { Rule } from '../../api/rules/rule.ts';
import { RULES } from '../../api/rules/values.ts';
import { isTimeZone } from '../../base/time-zone.ts';
import type { PathStep, Problem, ProblemKind } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

/**
 * The rule that each single value of a job must keep, in addition to its type. The rules are those of the shared table;
 * rules about several values are in the other files of this folder.
 */
const MB = 2 ** 20;

const keeps = <T>(kind: ProblemKind, rule: Rule<T>) =>
  z.refine<T>((value) => rule(value) === undefined, {
    error: ({ input }) => rule(input as T) ?? '',
    params: { kind },
  });
const text = (kind: ProblemKind, rule: Rule<string>) => z.string().check(keeps(kind, rule));
const number = (kind: ProblemKind, rule: Rule<number>) => z.number().check(keeps(kind, rule));
const value = (rule: Rule<number>) => number('bad-value', rule);
const setting = (rule: Rule<number>) => number('bad-update-settings', rule);

/** The wire counts whole megabytes and truncates fractions. */
const bytes = value((given) =>
  given >= MB
    ? undefined
    : given > 0 && given <= 1024
      ? `must be at least 1 MB, got ${given} bytes; did you mean ${given} * MB?`
      : `must be at least 1 MB, got ${given} bytes`,
);

const strategy = z.object({
  value: z.object({
    batchSize: z.optional(setting(RULES.batchSize)),
    batchSizes: z.optional(
      z
        .array(setting(RULES.batchSize))
        .check(
          keeps<number[]>('bad-update-settings', (sizes) =>
            sizes.length > 0 ? undefined : 'must have at least one size',
          ),
        ),
    ),
  }),
});

const rotate = z.object({ logSize: value(RULES.logSizeBytes), backups: value(RULES.logBackups) });

const processes = z
  .array(
    z.object({
      maxFailures: value(RULES.processMaxFailures),
      minDuration: value(RULES.minDurationSecs),
      logger: z.optional(z.object({ rotate: z.optional(rotate) })),
    }),
  )
  .check(
    keeps<unknown[]>('missing-required', (list) =>
      list.length > 0 ? undefined : 'must have at least one process',
    ),
  );

const identifier = text('bad-identifier', RULES.identifier);
const image = text('bad-value', RULES.dockerImage);
const path = text('bad-value', RULES.volumePath);

const timeZone: Rule<string> = (name) =>
  isTimeZone(name)
    ? undefined
    : `${JSON.stringify(name)} is not a time zone: it has to be a name like Europe/Berlin or GMT`;

/** Docker, the wrapper around it, or Mesos. */
const container = z.object({
  value: z.object({
    image: z.optional(z.union([image, z.object({})])),
    docker: z.optional(z.object({ image })),
    volumes: z.optional(z.array(z.object({ containerPath: path, hostPath: path }))),
  }),
});

const JOB = z.object({
  role: identifier,
  environment: identifier,
  name: identifier,
  tier: z.optional(identifier),
  instances: value(RULES.instances),
  cronSchedule: z.optional(text('bad-value', RULES.cronSchedule)),
  cronTimeZone: z.optional(text('bad-value', timeZone)),
  priority: value(RULES.priority),
  maxTaskFailures: value(RULES.maxTaskFailures),
  task: z.object({
    processes,
    maxFailures: value(RULES.taskMaxFailures),
    maxConcurrency: value(RULES.maxConcurrency),
    finalizationWait: value(RULES.finalizationWaitSecs),
    resources: z.object({ cpu: value(RULES.cpus), ram: bytes, disk: bytes, gpu: value(RULES.gpus) }),
  }),
  updateConfig: z.object({
    batchSize: setting(RULES.batchSize),
    watchSecs: setting(RULES.watchSecs),
    maxPerShardFailures: setting(RULES.updateFailures),
    maxTotalFailures: setting(RULES.updateFailures),
    pulseIntervalSecs: z.optional(setting(RULES.pulseIntervalSecs)),
    startTimeoutSecs: z.optional(setting(RULES.startTimeoutSecs)),
    updateStrategy: z.optional(strategy),
  }),
  healthCheckConfig: z.object({
    maxConsecutiveFailures: setting(RULES.healthFailures),
    minConsecutiveSuccesses: setting(RULES.healthSuccesses),
    initialIntervalSecs: setting(RULES.initialIntervalSecs),
    intervalSecs: setting(RULES.healthIntervalSecs),
    timeoutSecs: value(RULES.healthTimeoutSecs),
  }),
  container: z.optional(container),
  partitionPolicy: z.optional(z.object({ delaySecs: value(RULES.partitionDelaySecs) })),
});

/** All mistakes in single values of a resolved job. */
export function ruleProblems(job: ResolvedStruct<'Job'>): readonly Problem[] {
  const result = JOB.safeParse(job);
  if (result.success) return [];
  return result.error.issues.map((issue) => ({
    kind: (issue.code === 'custom' ? (issue.params?.kind as ProblemKind) : undefined) ?? 'bad-type',
    path: (issue.path as readonly PathStep[]).filter((step) => step !== 'value'),
    text: issue.message,
  }));
}
