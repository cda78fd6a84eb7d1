/**
 * Job files made of what runs. The jobs are those of the original's own recordings, as its client submitted them: each
 * is written, loaded again, and held against what runs, field by field.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENUMS, normalise, type Wire } from '../../src/api/index.ts';
import { configChanges } from '../../src/client/config-diff.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { convertJob } from '../../src/dsl/load/loaded-job.ts';
import { jobFiles } from '../../src/migrate/from-cluster/job-files.ts';
import { assert, count, suite } from '../harness/index.ts';

type JobConfiguration = Wire<'JobConfiguration'>;

const test = suite('job files of running jobs');

const folder = mkdtempSync(join(tmpdir(), 'aurora-from-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const EXPECTED = new URL('../golden/dsl/expected/', import.meta.url);
interface Expected {
  readonly id: string;
  readonly outcome: string;
  readonly jobs: readonly {
    readonly cluster: string;
    readonly jobConfiguration: JobConfiguration;
    readonly executorData: unknown;
  }[];
}
const recordings = readdirSync(EXPECTED)
  .map((name) => JSON.parse(readFileSync(new URL(name, EXPECTED), 'utf8')) as Expected)
  .filter(({ outcome }) => outcome === 'ok');

/** The recordings have the numbers of enums, and the executor's text as what it says. */
function asSubmitted(job: JobConfiguration, executorData: unknown): JobConfiguration {
  const named = (values: Readonly<Record<string, number>>, number: unknown) =>
    Object.keys(values).find((name) => values[name] === number) ?? number;
  const text = JSON.stringify(job, (key, value) => {
    if (key === 'cronCollisionPolicy') return named(ENUMS.CronCollisionPolicy, value);
    return key === 'mode' ? named(ENUMS.Mode, value) : value;
  });
  const { taskConfig = {}, ...rest } = JSON.parse(text) as JobConfiguration;
  const { name, data } = taskConfig.executorConfig ?? {};
  const executorConfig = { name, data: executorData ? JSON.stringify(executorData) : data };
  return normalise('JobConfiguration', { ...rest, taskConfig: { ...taskConfig, executorConfig } });
}

const keyOf = ({ key }: JobConfiguration) => `${key?.role}/${key?.environment}/${key?.name}`;

async function written(cluster: string, jobs: readonly JobConfiguration[], into: string) {
  const made = jobFiles(cluster, jobs);
  for (const { name, text } of made.files) writeFileSync(join(into, name), text);
  const found = new Map<string, JobConfiguration>();
  for (const { name, jobs: inFile } of made.files) {
    if (inFile.length === 0) continue;
    for (const job of (await loadJobs(join(into, name))).jobs)
      found.set(
        `${job.role}/${job.environment}/${job.name}`,
        convertJob(job, { user: 'ana' }).jobConfiguration,
      );
  }
  return { ...made, found };
}

test('every recorded job is the same after it was written and read', async () => {
  let jobs = 0;
  const clusters = recordings.flatMap(({ id, jobs: all }) =>
    [...new Set(all.map((one) => one.cluster))].map((cluster) => ({
      id,
      cluster,
      recorded: all.filter((one) => one.cluster === cluster),
    })),
  );
  for (const { id, cluster, recorded } of clusters) {
    const into = mkdtempSync(join(folder, 'role-'));
    const running = recorded.map((one) => asSubmitted(one.jobConfiguration, one.executorData));
    const { found, unwritten } = await written(cluster, running, into);
    for (const job of running) {
      if (unwritten.some((one) => one.job === job)) continue;
      const again = found.get(keyOf(job));
      assert.ok(again, `${id}: ${keyOf(job)} is in no file`);
      const owner = { user: 'ana' };
      const { tier } = job.taskConfig ?? {};
      const changes = configChanges(
        { ...job.taskConfig, owner },
        normalise('TaskConfig', { tier, ...again.taskConfig } as Wire<'TaskConfig'>),
      );
      assert.equal(changes, [], `${id}: ${keyOf(job)}`);
      assert.is(again.instanceCount, job.instanceCount);
      assert.is(again.cronSchedule, job.cronSchedule);
      jobs++;
    }
  }
  count('running jobs written as files', jobs);
}, 120_000);
test('one file a name, its stages as copies of the first, and what several files share in a module', async () => {
  const service = (environment: string, name: string, instances: number, ram: number) => {
    const rotate = {
      name: 'rotate-logs',
      cmdline: 'logrotate --state "$PWD/.state" {{thermos.task_id}}',
      daemon: true,
    };
    const main = { name, cmdline: './serve --port {{thermos.ports[http]}}\n# `as` ${is}' };
    const task = {
      name,
      processes: [rotate, main],
      constraints: [{ order: ['rotate-logs', name] }],
      resources: { cpu: 1, ram: ram * 2 ** 20, disk: 2 ** 30 },
      finalization_wait: 120,
    };
    const data = {
      cluster: 'west',
      role: 'web',
      environment,
      name,
      service: true,
      task,
      constraints: { host: 'limit:1' },
    };
    const key = { role: 'web', environment, name };
    const executorConfig = { name: 'AuroraExecutor', data: JSON.stringify(data) };
    return {
      key,
      instanceCount: instances,
      taskConfig: { job: key, executorConfig },
    } as unknown as JobConfiguration;
  };
  const foreign = {
    key: { role: 'web', environment: 'prod', name: 'other' },
    taskConfig: { executorConfig: { name: 'docker-compose', data: '{}' } },
  } as JobConfiguration;
  const { files, unwritten } = jobFiles('west', [
    service('devel', 'api', 1, 64),
    service('prod', 'api', 12, 512),
    service('prod', 'shop', 3, 512),
    foreign,
  ]);
  assert.equal(
    files.map(({ name }) => name),
    ['api.aurora.ts', 'shop.aurora.ts', 'shared.ts'],
  );
  assert.equal(
    unwritten.map(({ why }) => why),
    ['it runs with the executor docker-compose, whose text is no job'],
  );
  assert.fixture(
    files[0]?.text as string,
    `import { GB, limit, MB, mins, port, Process, Resources, SequentialTask, Service } from 'aurora';
import { rotateLogs } from './shared.ts';

const api = Service({
  cluster: 'west',
  role: 'web',
  environment: 'prod',
  name: 'api',
  instances: 12,
  task: SequentialTask({
    name: 'api',
    processes: [
      rotateLogs,
      Process({
        name: 'api',
        cmdline: \`./serve --port \${port('http')}
# \\\`as\\\` \\\${is}\`,
      }),
    ],
    resources: Resources({ cpu: 1, ram: 512 * MB, disk: 1 * GB }),
    finalizationWait: mins(2),
  }),
  constraints: { host: limit(1) },
});

export default [
  api,
  api.with({
    environment: 'devel',
    task: { resources: Resources({ cpu: 1, ram: 64 * MB, disk: 1 * GB }) },
    instances: 1,
  }),
];
`,
  );
  assert.match(files[2]?.text as string, /^export const rotateLogs = Process\(\{$/m);
});
test.run();
