import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { ENUMS, type GetTierConfigResult } from '../../src/api/index.ts';
import { configProblems } from '../../src/dsl/load/config-problem.ts';
import {
  checkJob,
  convertJob,
  imagesOf,
  type LoadedFile,
  type LoadedJob,
  selectJob,
} from '../../src/dsl/load/loaded-job.ts';
import { assert } from '../harness/index.ts';

type Json = Readonly<Record<string, unknown>>;
/** A case of golden/dsl: what the original makes of a job file. */
export interface Expected {
  readonly id: string;
  readonly binds: Readonly<Record<string, string>>;
  readonly outcome: 'ok' | 'error';
  readonly class?: string;
  readonly unordered?: readonly string[];
  readonly jobs: readonly Json[];
}

const expectedFolder = new URL('../golden/dsl/expected/', import.meta.url);
/** All cases, in the order of their names. */
export const expectations = readdirSync(expectedFolder)
  .sort()
  .map((name) => JSON.parse(readFileSync(new URL(name, expectedFolder), 'utf8')) as Expected);

const tier = (name: string, preemptible: boolean, revocable: boolean) => ({
  name,
  settings: { preemptible: String(preemptible), revocable: String(revocable) },
});
const TIERS: GetTierConfigResult = {
  defaultTierName: 'preemptible',
  tiers: [tier('preferred', false, false), tier('preemptible', true, false), tier('revocable', true, true)],
};

/** Sets, and only those, are put into one order; enums become numbers; the executor's data is compared on its own. */
const SETS = new Set(['resources', 'constraints', 'metadata', 'values']);
function comparable(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    return SETS.has(key) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => [name, enumNumber(name, item) ?? comparable(item, name)]),
    );
  }
  return value;
}
const enumNumber = (name: string, value: unknown): number | undefined =>
  name === 'cronCollisionPolicy'
    ? ENUMS.CronCollisionPolicy[value as 'CANCEL_NEW']
    : name === 'mode' && typeof value === 'string'
      ? ENUMS.Mode[value as 'RO']
      : undefined;

function withoutData(configuration: Json, thermos: boolean): unknown {
  if (!thermos) return comparable(configuration);
  const copy = structuredClone(configuration) as { taskConfig: { executorConfig: { data?: string } } };
  delete copy.taskConfig.executorConfig.data;
  return comparable(copy);
}

/** Lists that the case calls sets are put into one order. */
function asSets(data: unknown, paths: readonly string[]): unknown {
  const copy = structuredClone(data) as Record<string, Record<string, unknown[]>>;
  for (const path of paths) {
    const [outer = '', inner = ''] = path.split('.');
    copy[outer]?.[inner]?.sort((a, b) =>
      JSON.stringify(comparable(a)) < JSON.stringify(comparable(b)) ? -1 : 1,
    );
  }
  return copy;
}

const digestsFor = (job: LoadedJob): ReadonlyMap<string, string> =>
  new Map(
    imagesOf(job).map(({ name, tag }) => {
      const digest = createHash('sha256').update(`${name}:${tag}`).digest('hex');
      return [`${name}:${tag}`, `${name}@sha256:${digest}`];
    }),
  );

/** What the original client submits although no host can ever take it. */
const DOOMED: ReadonlyMap<string, readonly (readonly [path: string, doomed: 'job'])[]> = new Map([
  [
    '14-constraints limits',
    [
      ['constraints.zone', 'job'],
      ['constraints.row', 'job'],
    ],
  ],
  [
    '14-constraints odd',
    [
      ['constraints.empty', 'job'],
      ['constraints.neg', 'job'],
    ],
  ],
]);

/** Every job of a file is what the original sends and runs. Returns the number of jobs. */
export function assertConverted(file: LoadedFile, { id, jobs, unordered = [] }: Expected): number {
  assert.is(file.jobs.length, jobs.length, 'number of jobs');
  for (const [index, expected] of jobs.entries()) {
    const job = file.jobs[index] as LoadedJob;
    const { cluster, role, environment, name } = job;
    const { cluster: c, role: r, environment: e, name: n } = expected;
    assert.equal([cluster, role, environment, name], [c, r, e, n]);
    const doomed = DOOMED.get(`${id} ${name}`) ?? [];
    assert.equal(
      checkJob(job).map((problem) => [problem.path, problem.doomed]),
      doomed,
    );
    const input = { user: 'alice', digests: digestsFor(job) };
    const { jobConfiguration, executorData, updateSettings, ports } = convertJob(job, input);
    const thermos = expected.executorData !== null;
    assert.equal(
      withoutData(jobConfiguration as Json, thermos),
      comparable(expected.jobConfiguration),
      `${name} job`,
    );
    assert.equal(
      asSets(executorData, unordered),
      asSets(expected.executorData, unordered),
      `${name} executor data`,
    );
    if (thermos) {
      const text = jobConfiguration.taskConfig?.executorConfig?.data ?? '';
      assert.equal(JSON.parse(text), executorData, `${name} data as text`);
    }
    assert.equal(comparable(updateSettings), comparable(expected.updateSettings), `${name} update`);
    assert.equal(ports, expected.ports, `${name} ports`);
    const filled = convertJob(job, { ...input, tiers: TIERS });
    const { production, tier: chosen } = filled.jobConfiguration.taskConfig ?? {};
    assert.equal({ production, tier: chosen }, expected.afterTierBackfill, `${name} tier`);
    if (filled.executorData) {
      const { production: p, tier: t } = filled.executorData;
      assert.equal({ production: p, tier: t }, expected.afterTierBackfill, `${name} tier in data`);
    }
  }
  return jobs.length;
}

/** Every job of a file is refused for the right reason, with the place in `source`. Returns the number of jobs. */
export function assertRefused(file: LoadedFile, expected: Expected, source: string): number {
  if (expected.class === 'no-jobs') {
    try {
      selectJob(file, {});
      assert.unreachable('a file without jobs must be refused');
    } catch (error) {
      assert.is(configProblems(error)[0]?.kind, 'no-jobs');
    }
    return 1;
  }
  if (expected.jobs.length > 0) assert.is(file.jobs.length, expected.jobs.length, 'number of jobs');
  for (const [index, job] of file.jobs.entries()) {
    const problems = checkJob(job);
    const kinds = [...new Set(problems.map(({ kind }) => kind))];
    assert.is(kinds[0], expected.class, `job ${index} (${job.key}): ${JSON.stringify(problems)}`);
    for (const { position, text } of problems) {
      assert.ok(position?.file.endsWith(source), `${job.key}: ${text} has no place`);
    }
    assert.throws(
      () => convertJob(job, { user: 'alice' }),
      (error: Error) => error.name === 'AuroraError',
    );
  }
  return file.jobs.length;
}
