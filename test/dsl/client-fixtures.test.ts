import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GetTierConfigResult } from '../../src/api/index.ts';
import { messageOf } from '../../src/base/errors.ts';
import { configProblems } from '../../src/dsl/load/config-problem.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { convertJob, selectJob } from '../../src/dsl/load/loaded-job.ts';
import { readJsonJobs } from '../../src/dsl/load/read-json.ts';
import { assert, count, suite } from '../harness/index.ts';

interface Dump {
  readonly key: string;
  readonly bindings: Readonly<Record<string, string>> | undefined;
  readonly jobConfiguration: object;
  readonly executorData: object;
  readonly updateSettings: object | null | undefined;
}

const test = suite("the client's job files");
const fixture = (name: string) => fileURLToPath(new URL(`../client/fixtures/${name}`, import.meta.url));
const dumps = (name: string): readonly Dump[] =>
  JSON.parse(readFileSync(new URL(`../golden/client/fixtures/${name}.jobs.json`, import.meta.url), 'utf8'));

const settings = (preemptible: boolean, revocable: boolean) => ({
  preemptible: String(preemptible),
  revocable: String(revocable),
});
const tiers: GetTierConfigResult = {
  defaultTierName: 'preemptible',
  tiers: [
    { name: 'preferred', settings: settings(false, false) },
    { name: 'preemptible', settings: settings(true, false) },
    { name: 'revocable', settings: settings(true, true) },
  ],
};

const SETS = new Set(['resources', 'constraints', 'metadata', 'values']);
/** Sets in one order; the executor's text is compared as data elsewhere. */
function comparable(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    return SETS.has(key) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'data');
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, comparable(item, name)]));
}

const load = (name: string, binds: Readonly<Record<string, string>>) =>
  name.endsWith('.json')
    ? readJsonJobs(fixture(name), { binds })
    : loadJobs(fixture(`${name}.ts`), { binds });

let jobs = 0;
for (const name of ['frontend', 'included', 'many', 'nightly', 'rich', 'rollouts', 'template']
  .map((one) => `${one}.aurora`)
  .concat('frontend.json', 'single.json')) {
  test(`${name} is what the original sends`, async () => {
    for (const { key, bindings = {}, jobConfiguration, executorData, updateSettings } of dumps(name)) {
      const loaded = await load(name, bindings);
      const [cluster = '', role = '', environment = '', job = ''] = key.split('/');
      const chosen = selectJob(loaded, { cluster, role, environment, name: job });
      if (updateSettings === null && !key.endsWith('queued')) {
        // the original cannot update this job; ours says so before it sends anything
        assert.throws(() => convertJob(chosen, { user: 'alice', tiers }), /updateConfig/);
        continue;
      }
      const converted = convertJob(chosen, { user: 'alice', tiers });
      assert.equal(comparable(converted.jobConfiguration), comparable(jobConfiguration), key);
      assert.equal(comparable(converted.executorData), comparable(executorData), key);
      if (updateSettings) assert.equal(comparable(converted.updateSettings), comparable(updateSettings), key);
      jobs++;
    }
  });
}

const BROKEN: Readonly<Record<string, RegExp>> = {
  'noresources.aurora.ts': /task\.resources: Task needs resources \(.*noresources\.aurora\.ts:\d+:\d+\)$/,
  'loop.aurora.ts': /cluster: \{\{cluster\}\} never settles/,
  'badfield.json': /colour: Job has no field colour/,
};
for (const [name, text] of Object.entries(BROKEN)) {
  test(`${name} is refused`, async () => {
    const loaded = name.endsWith('.json') ? readJsonJobs(fixture(name)) : await loadJobs(fixture(name));
    try {
      convertJob(selectJob(loaded, {}), { user: 'alice' });
      assert.unreachable();
    } catch (error) {
      assert.match(messageOf(error), text);
      assert.ok(configProblems(error).length === 1);
    }
  });
}

test('a name that nobody defined stops the load at its line', async () => {
  const refused = await loadJobs(fixture('undefined.aurora.ts')).catch(messageOf);
  assert.match(String(refused), /no_such_variable is not defined \(.*undefined\.aurora\.ts:4:\d+\)/);
});

test('a binding that makes a field refer to itself is named when the job is asked for', async () => {
  const loaded = await loadJobs(fixture('loop.aurora.ts'), { binds: { cluster: 'west' } });
  assert.throws(() => selectJob(loaded, { cluster: 'west', name: 'loop' }), /never settles/);
});

test('all jobs were compared', () => {
  count('golden/client fixtures converted', jobs);
  assert.ok(jobs >= 18, String(jobs));
});

test.run();
