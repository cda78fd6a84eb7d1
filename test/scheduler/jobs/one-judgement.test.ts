/**
 * Client, scheduler and executor judge by one table: what a check of the language accepts, the scheduler and the
 * executor accept; and executor data that the scheduler accepts, the executor can run.
 */
import fc from 'fast-check';
import { decodeStruct, encodeStruct, type Wire } from '../../../src/api/index.ts';
import { boundTask, jobInstance } from '../../../src/api/thermos/instance.ts';
import { parseTask } from '../../../src/api/thermos/parse.ts';
import { planOf } from '../../../src/api/thermos/plan.ts';
import { resolvePorts } from '../../../src/api/thermos/ports.ts';
import { AuroraError, messageOf } from '../../../src/base/errors.ts';
import { Job } from '../../../src/dsl/index.ts';
import { checkJob, convertJob, loadedJob } from '../../../src/dsl/load/loaded-job.ts';
import { describer } from '../../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../../src/dsl/schema/node.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { validJob } from '../../../src/scheduler/jobs/validation.ts';
import { executors } from '../../../src/scheduler/launch/executors.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { assert, count, suite } from '../../harness/index.ts';

const test = suite('one judgement');

/** A scheduler that allows all that can be allowed: its own settings are not the language's business. */
const options = parseSchedulerFlags([
  '-allowed_container_types=MESOS,DOCKER',
  '-allow_docker_parameters',
  '-allow_gpu_resource',
  '-allow_container_volumes',
  '-allowed_job_environments=.*',
  '-sla_aware_kill_non_prod',
  '-min_required_instances_for_sla_check=0',
  '-max_sla_duration_secs=1000000secs',
]);
const settings = {
  options,
  tiers: BUILT_IN_TIERS,
  executors: executors({ ...options, thermosExecutorPath: '/x/aurora-executor' }),
};

/** The executor's way from an assignment to its plans. */
function run(task: Wire<'TaskConfig'>, instance: number): void {
  const taskId = `${task.job?.role}-${task.job?.environment}-${task.job?.name}-${instance}-${'0'.repeat(36)}`;
  assert.ok(`thermos-${taskId}`.length <= 255, 'Mesos refuses the id');
  const ports = (task.resources ?? []).flatMap(({ namedPort }) => namedPort ?? []);
  const assigned = Object.fromEntries(ports.map((name, at) => [name, 31_000 + at]));
  const known = jobInstance(task.executorConfig?.data, { instance, hostname: 'host.example.com' });
  const { portmap = {} } = (known.announce ?? {}) as { portmap?: Record<string, unknown> };
  const bound = boundTask(known.task, { taskId, user: 'web', ports: resolvePorts(portmap, assigned) });
  const parsed = parseTask(bound);
  for (const kind of ['regular', 'final'] as const) planOf(parsed, kind);
}

const number = fc.oneof(fc.integer({ min: -2, max: 150 }), fc.constantFrom(0.0004, 0.001, 0.5, 96, 150, 3e9));
const word = fc.constantFrom(
  'a',
  'b',
  'web',
  'a.b',
  '',
  'x'.repeat(60),
  'x'.repeat(150),
  'p{{mesos.instance}}',
  'a/b',
);
const text = fc.oneof(
  word,
  fc.constantFrom('run {{thermos.ports[http]}}', '{{thermos.task_id}}', 'x'.repeat(131_050)),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const usually = <T>(usual: T, value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: value });

const process = fc.record({
  name: fc.oneof({ weight: 12, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') }, word),
  cmdline: usually('true', text),
  daemon: usually(false, fc.constant(true)),
  ephemeral: usually(false, fc.constant(true)),
  final: usually(false, fc.constant(true)),
  logger: maybe(fc.record({ rotate: fc.record({ logSize: number, backups: number }) })),
});
const constraint = fc.oneof(
  number.map((limit) => `limit:${limit}`),
  fc.constantFrom('a,b', '!a', '', '!', 'a,,b', 'limit=1', 'web/x', '*/x', 'db/x'),
);
const field = fc.constantFrom('*', '0', '31', '2', '*/2', '*/70', '1JAN', 'FEB', 'SUNMON');
const jobs = fc.record({
  role: usually('web', word),
  environment: usually('test', word),
  name: usually('job', word),
  instances: usually(25, number),
  service: fc.constant(false),
  cronSchedule: maybe(fc.tuple(field, field, field, field, fc.constant('*')).map((all) => all.join(' '))),
  cronCollisionPolicy: usually('KILL_EXISTING', fc.constantFrom('CANCEL_NEW', 'RUN_OVERLAP', 'cancel_new')),
  constraints: maybe(
    fc.dictionary(fc.constantFrom('host', 'rack', 'dedicated', ''), constraint, { maxKeys: 2 }),
  ),
  announce: maybe(
    fc.record({
      portmap: fc.dictionary(fc.constantFrom('http', 'x'), fc.constantFrom('http', 'y', '80', '70000')),
    }),
  ),
  metadata: fc.array(fc.record({ key: word, value: word }), { maxLength: 2 }),
  task: fc.record({
    processes: fc.array(process, { minLength: 1, maxLength: 3 }),
    constraints: fc.array(fc.record({ order: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }) }), {
      maxLength: 2,
    }),
    maxFailures: usually(1, number),
    resources: fc.record({
      cpu: usually(0.5, number),
      ram: usually(2 ** 20, number),
      disk: usually(2 ** 20, number),
      gpu: usually(0, number),
    }),
  }),
});

test('what a check accepts, the scheduler and the executor accept', () => {
  const nowhere = { original: () => undefined, of: () => undefined };
  let accepted = 0;
  fc.assert(
    fc.property(jobs, (fields) => {
      const job = Job({ cluster: 'c', ...fields } as never);
      const loaded = loadedJob(describer()(job) as StructNode, {}, nowhere);
      if (checkJob(loaded).length > 0) return;
      accepted++;
      const { jobConfiguration } = convertJob(loaded, { user: 'me' });
      const wire = decodeStruct('JobConfiguration', encodeStruct('JobConfiguration', jobConfiguration));
      const valid = validJob(wire, settings);
      for (const instance of [0, valid.instanceCount - 1]) run(valid.taskConfig, instance);
    }),
    { numRuns: 4000 },
  );
  assert.ok(accepted >= 150, `only ${accepted} jobs were accepted`);
  count('random jobs that a check accepts', accepted);
}, 60_000);

/** Executor data as other clients write it: any field may be anything. */
const loose = fc.oneof(
  number,
  word,
  fc.boolean(),
  fc.constantFrom(null, '{{thermos.ports[http]}}', '{{who}}', '7'),
);
const data = fc.record(
  {
    task: fc.record(
      {
        processes: fc.array(
          fc.record(
            {
              name: fc.oneof({ weight: 30, arbitrary: fc.constantFrom('a', 'b', 'c') }, loose),
              cmdline: usually<unknown>('true', loose),
              max_failures: usually<unknown>(1, loose),
              daemon: usually<unknown>(false, loose),

              logger: fc.record({
                mode: usually<unknown>('rotate', loose),
                rotate: fc.record({ log_size: usually<unknown>(1, loose) }),
              }),
            },
            { requiredKeys: ['name', 'cmdline'] },
          ),
          { maxLength: 3 },
        ),
        constraints: fc.array(
          fc.record({ order: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }) }),
        ),
        resources: fc.record({
          cpu: usually<unknown>(1, loose),
          ram: usually<unknown>(1, loose),
          disk: usually<unknown>(1, loose),
        }),
        max_concurrency: usually<unknown>(0, loose),
        finalization_wait: usually<unknown>(30, loose),
      },
      { requiredKeys: ['processes'] },
    ),
    announce: fc.record({
      portmap: fc.dictionary(fc.constantFrom('http', 'x'), fc.constantFrom('http', 'x', '80', 1)),
    }),
    instance: fc.constant(0),
  },
  { requiredKeys: ['task'] },
);

test('executor data that the scheduler accepts, the executor can run', () => {
  const job = { role: 'web', environment: 'test', name: 'job' };
  const resources = [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }, { namedPort: 'http' }];
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(data, (value) => {
      const executorConfig = { name: 'AuroraExecutor', data: JSON.stringify(value) };
      const taskConfig = { job, isService: true, resources, executorConfig };
      try {
        validJob({ key: job, instanceCount: 3, taskConfig }, settings);
      } catch (error) {
        assert.ok(error instanceof AuroraError && error.code === 'BAD_PARAMETER', messageOf(error));
        assert.match(error.message, /^The executor cannot run this task: /);
        refused++;
        return;
      }
      accepted++;
      for (const instance of [0, 1, 2]) run(taskConfig, instance);
    }),
    { numRuns: 2000 },
  );
  assert.ok(accepted >= 100 && refused >= 100, `${accepted} accepted, ${refused} refused`);
}, 60_000);

test('text without processes is nobody else’s business', () => {
  const job = { role: 'web', environment: 'test', name: 'job' };
  const resources = [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }];
  for (const text of ['', '{}', 'x', '[]', 'null', '{"task":{}}']) {
    const executorConfig = { name: 'AuroraExecutor', data: text };
    validJob({ key: job, instanceCount: 1, taskConfig: { job, resources, executorConfig } }, settings);
  }
});

test.run();
