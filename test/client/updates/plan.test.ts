/** The plan of an update: what it shows, and what it holds against when it is started. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wire } from '../../../src/api/index.ts';
import type { PlanForm } from '../../../src/client/plan-form.ts';
import { batchesOf } from '../../../src/client/update-plan.ts';
import { assert, suite } from '../../harness/index.ts';
import { ok, type Scene, scene, TIERS } from './running.ts';

const test = suite('update plan');

const KEY = 'west/web/prod/api';
const file = ({ ram = 64, cmdline = './api --new', instances = 4, batchSize = 2 } = {}) => `import {
  BatchUpdateStrategy,
  MB,
  Process,
  Resources,
  Service,
  Task,
  UpdateConfig,
} from 'aurora';

const api = Process({ name: 'api', cmdline: '${cmdline}' });

export default [
  Service({
    cluster: 'west',
    role: 'web',
    environment: 'prod',
    name: 'api',
    instances: ${instances},
    updateConfig: UpdateConfig({
      watchSecs: 30,
      updateStrategy: BatchUpdateStrategy({ batchSize: ${batchSize}, autopauseAfterBatch: true }),
    }),
    task: Task({
      name: 'api',
      processes: [api],
      resources: Resources({
        cpu: 0.5,
        ram: ${ram} * MB,
        disk: 32 * MB,
      }),
    }),
  }),
];
`;

let here: Scene;
test.beforeEach(() => {
  here = scene();
});
test.afterEach(() => here.close());

/** What the file's job would send: the task of the request that the command made. */
async function configOf(path: string): Promise<Wire<'TaskConfig'>> {
  await here.aurora(['update', 'plan', KEY, path], [['getTierConfigs', TIERS], planReply({})]);
  const call = here.calls().at(-1)?.args as { request: { taskConfig: Wire<'TaskConfig'> } };
  return JSON.parse(JSON.stringify(call.request.taskConfig));
}

const planReply = (plan: Wire<'JobUpdatePlan'>) =>
  ['planJobUpdate', ok({ planJobUpdateResult: { plan } })] as const;

/** Instances 0 to 2 run the old file, 3 is new. */
async function judged(): Promise<Wire<'JobUpdatePlan'>> {
  const old = await configOf(here.write('old.aurora.ts', file({ ram: 32, cmdline: './api --old' })));
  return {
    digest: 'digest-1',
    diff: {
      add: [{ config: {}, instances: [{ first: 3, last: 3 }] }],
      update: [{ config: old, instances: [{ first: 0, last: 2 }] }],
    },
    batches: [
      { replace: [{ first: 0, last: 1 }], inFlight: 2, pausesAfter: true },
      { replace: [{ first: 2, last: 2 }], create: [{ first: 3, last: 3 }], inFlight: 2 },
    ],
    settings: {
      updateStrategy: { batchStrategy: { groupSize: 2, autopauseAfterBatch: true } },
      minWaitInInstanceRunningMs: 30_000,
      rollbackOnFailure: true,
    },
    leastMs: 60_000,
    forecast: {
      wanted: 4,
      fitting: 3,
      inPlace: 3,
      funnel: { text: '2 agents known\nram: 2 of 2 agents' },
    },
    refusals: [],
  };
}

test('shows each field with its place in the file, the batches, the forecast and the time', async () => {
  const plan = await judged();
  const path = here.write('api.aurora.ts', file());
  const { code, stdout, stderr } = await here.aurora(
    ['update', 'plan', KEY, path, '--exit-code'],
    [['getTierConfigs', TIERS], planReply(plan)],
  );
  assert.is(stderr, '');
  assert.is(
    stdout,
    `This job update will:
add instances: [3]
update instances: [0-2]
  task.processes[api].cmdline: "./api --old" -> "./api --new"   ${path}:11
  task.resources.ram: 32 MB -> 64 MB   ${path}:29

batches of 2, the next when the whole one is done; an instance is done after 30s RUNNING; the first failed instance takes it back
  batch 1: replace [0-1], then pause
  batch 2: replace [2], create [3]
placement now: 3 of 4 new tasks fit, 3 of them where the old one runs
  2 agents known
  ram: 2 of 2 agents
takes at least 1m
`,
  );
  assert.is(code, 2);
});

test('nothing to do is 0, and says so', async () => {
  const path = here.write('api.aurora.ts', file());
  const { code, stdout } = await here.aurora(
    ['update', 'plan', KEY, path, '--exit-code'],
    [
      ['getTierConfigs', TIERS],
      planReply({ diff: { unchanged: [{ config: {}, instances: [{ first: 0, last: 3 }] }] } }),
    ],
  );
  assert.is(stdout, 'This job update will:\nnot change instances: [0-3]\nNothing is to be updated.\n');
  assert.is(code, 0);
});

/** Makes a plan file; the result is its path. */
async function planned(path: string, plan: Wire<'JobUpdatePlan'>): Promise<string> {
  const out = join(here.folder, 'api.plan');
  const { code } = await here.aurora(
    ['update', 'plan', KEY, path, '--out', out],
    [['getTierConfigs', TIERS], planReply(plan)],
  );
  assert.is(code, 0);
  return out;
}

const STARTED = ok({
  startJobUpdateResult: { key: { job: { role: 'web', environment: 'prod', name: 'api' }, id: 'u1' } },
});

test('a plan is started with its digest, and with nothing else than it says', async () => {
  const path = here.write('api.aurora.ts', file());
  const out = await planned(path, await judged());
  const plan = JSON.parse(readFileSync(out, 'utf8')) as PlanForm;
  const { code, stdout } = await here.aurora(
    ['update', 'start', '--plan', out, '-m', 'reviewed'],
    [
      ['getTierConfigs', TIERS],
      ['startJobUpdate', STARTED],
    ],
  );
  assert.is(code, 0);
  assert.match(stdout, 'update instances: [0-2]');
  assert.match(stdout, /Job update has started.*\/web\/prod\/api\/update\/u1\n$/);
  const sent = here.calls().at(-1)?.args as {
    request: { planDigest: string; taskConfig: object; instanceCount: number };
    message: string;
  };
  assert.is(sent.request.planDigest, 'digest-1');
  assert.is(sent.request.instanceCount, 4);
  assert.is(sent.message, 'reviewed');
  assert.is(plan.digest, 'digest-1');
});

test('a file that says something else by now is refused with what differs, before anything is started', async () => {
  const path = here.write('api.aurora.ts', file());
  const out = await planned(path, await judged());
  here.write('api.aurora.ts', file({ ram: 128, instances: 5, batchSize: 3 }));
  const { code, stderr } = await here.aurora(['update', 'start', '--plan', out], [['getTierConfigs', TIERS]]);
  assert.is(code, 4);
  assert.match(stderr, 'The plan no longer holds.');
  assert.match(stderr, 'instances: 4 -> 5');
  assert.match(stderr, 'task.resources.ram: 64 MB -> 128 MB');
  assert.match(stderr, /updateStrategy: .*"groupSize":2.* -> .*"groupSize":3/);
});

test("a job that changed meanwhile is refused with the scheduler's words", async () => {
  const out = await planned(here.write('api.aurora.ts', file()), await judged());
  const refusal = {
    responseCode: 'INVALID_REQUEST',
    details: [{ message: 'Instance 4 was added since.' }],
  };
  const { code, stderr } = await here.aurora(
    ['update', 'start', '--plan', out],
    [
      ['getTierConfigs', TIERS],
      ['startJobUpdate', refusal],
    ],
  );
  assert.is(code, 10);
  assert.match(stderr, 'Instance 4 was added since.');
});

test('without its file a plan is enough', async () => {
  const { rmSync } = await import('node:fs');
  const path = here.write('api.aurora.ts', file());
  const out = await planned(path, await judged());
  rmSync(path);
  const { code } = await here.aurora(['update', 'start', '--plan', out], [['startJobUpdate', STARTED]]);
  assert.is(code, 0);
});

test('a damaged plan, another file, and a plan for another job are refused', async () => {
  const out = await planned(here.write('api.aurora.ts', file()), await judged());
  const text = readFileSync(out, 'utf8');
  const damaged = here.write('damaged.plan', text.replace('"instanceCount": 4', '"instanceCount": "four"'));
  for (const bad of [damaged, here.write('a.plan', '{'), here.write('b.plan', '{}'), 'none.plan']) {
    const { code, stderr } = await here.aurora(['update', 'start', '--plan', bad], []);
    assert.is(code, 3, stderr);
  }
  const other = await here.aurora(['update', 'start', 'west/web/prod/other', '--plan', out], []);
  assert.is(other.code, 2);
  assert.is((await here.aurora(['update', 'start', KEY], [])).code, 2);
});

test("the original's scheduler knows no plans: groups come from it, and the start holds them against the plan", async () => {
  const old = await configOf(here.write('old.aurora.ts', file({ ram: 32 })));
  const path = here.write('api.aurora.ts', file());
  const diff = (last: number) =>
    [
      'getJobUpdateDiff',
      ok({ getJobUpdateDiffResult: { update: [{ config: old, instances: [{ first: 0, last }] }] } }),
    ] as const;
  const asked = [
    ['getTierConfigs', TIERS],
    ['planJobUpdate', { $unknown: true }],
    ['populateJobConfig', ok()],
  ] as const;
  const out = join(here.folder, 'api.plan');
  const plan = await here.aurora(['update', 'plan', KEY, path, '--out', out], [...asked, diff(2)]);
  assert.is(plan.code, 0);
  assert.match(plan.stdout, 'update instances: [0-2]\n  task.resources.ram: 32 MB -> 64 MB');
  assert.match(plan.stdout, '  batch 1: replace [0-1], then pause\n  batch 2: replace [2]\n');
  assert.match(plan.stderr, 'the scheduler makes no plans');
  const words = ['update', 'start', '--plan', out];
  const held = await here.aurora(words, [...asked, diff(2), ['startJobUpdate', STARTED]]);
  assert.is(held.code, 0);
  const stale = await here.aurora(words, [...asked, diff(3)]);
  assert.is(stale.code, 4);
  assert.match(stale.stderr, 'planned was update 0-2; now it is update 0-3');
});

test('batches follow the strategy: the last size repeats, a pause comes between batches only', () => {
  const diff = {
    update: [{ instances: [{ first: 0, last: 6 }] }],
    remove: [{ instances: [{ first: 9, last: 9 }] }],
  };
  const shown = (settings: Wire<'JobUpdateSettings'>) =>
    batchesOf(diff, settings).map(
      ({ replace = [], remove = [], inFlight, pausesAfter }) =>
        [...replace, ...remove].map(({ first, last }) => `${first}-${last}`).join(' ') +
        ` ${inFlight} ${pausesAfter}`,
    );
  const varBatchStrategy = { groupSizes: [1, 3], autopauseAfterBatch: true };
  assert.equal(shown({ updateStrategy: { varBatchStrategy } }), [
    '0-0 1 true',
    '1-3 3 true',
    '4-6 3 true',
    '9-9 1 false',
  ]);
  assert.equal(shown({ updateStrategy: { queueStrategy: { groupSize: 2 } } }), ['0-6 9-9 2 false']);
  assert.equal(shown({ updateGroupSize: 4, waitForBatchCompletion: true }), [
    '0-3 4 false',
    '4-6 9-9 4 false',
  ]);
});

test.run();
