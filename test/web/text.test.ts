import { screenAt } from '../../src/api/views/screens.ts';
import { amountsText, megabytesText, wholeText } from '../../src/web/text/amounts.ts';
import { configFacts } from '../../src/web/text/config-facts.ts';
import { durationText, exactText, relativeText } from '../../src/web/text/durations.ts';
import { funnelSentence } from '../../src/web/text/funnel.ts';
import { instanceRows } from '../../src/web/text/instance-rows.ts';
import { jobSentence } from '../../src/web/text/job-sentence.ts';
import { foldedLanes, lanesOf } from '../../src/web/text/lanes.ts';
import { folded, jsonLines, lineChanges } from '../../src/web/text/line-diff.ts';
import { jobPath, taskPath, withQuery } from '../../src/web/text/paths.ts';
import { downtimes, pointsOf } from '../../src/web/text/sparkline.ts';
import { stripCells } from '../../src/web/text/strip.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('texts of the page');

test('durations and moments', () => {
  const shown = [0, 999, 5_000, 65_000, 3_600_000, 7_380_000, 90_000_000, 1_000_000_000].map(durationText);
  assert.equal(shown, ['0s', '0s', '5s', '1m 5s', '1h', '2h 3m', '1d 1h', '11d']);
  assert.is(relativeText(1_000, 61_500), '1m ago');
  assert.is(relativeText(61_000, 1_000), 'in 1m');
  assert.is(exactText(Date.UTC(2026, 10, 29, 3, 53, 9), 'utc'), '2026-11-29 03:53:09 UTC');
  assert.match(exactText(0, 'local'), /^19(69|70)-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d$/);
});

test('whole numbers have their thousands apart', () => {
  for (const count of [0, 7, 999, 1_000, 12_345, 100_000, 1_234_567, -1_000])
    assert.is(wholeText(count), count.toLocaleString('en'));
});

test('amounts', () => {
  assert.equal([64, 1536, 3 * 1024 * 1024].map(megabytesText), ['64 MB', '1.5 GB', '3 TB']);
  assert.is(
    amountsText({ cpus: 0.25, ramMb: 64, diskMb: 1024, gpus: 2 }),
    '0.25 cpu, 64 MB, 1 GB disk, 2 gpu',
  );
});

test('a difference has every line of both texts, in order, and folds what is equal', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const after = ['a', 'b', 'c', 'd', 'E', 'f', 'g', 'h', 'i', 'j'];
  const lines = lineChanges(before, after);
  assert.equal(
    lines.filter(([sign]) => sign !== '+').map(([, line]) => line),
    before,
  );
  assert.equal(
    lines.filter(([sign]) => sign !== '-').map(([, line]) => line),
    after,
  );
  assert.equal(folded(lines, 1), [
    3,
    [' ', 'd'],
    ['-', 'e'],
    ['+', 'E'],
    [' ', 'f'],
    2,
    [' ', 'i'],
    ['+', 'j'],
  ]);
  assert.equal(jsonLines({ cmd: 'one\ntwo' }), ['{', '  "cmd": "one', '      two"', '}']);
});

test('addresses', () => {
  assert.is(jobPath('web/prod/a.b'), '/scheduler/web/prod/a.b');
  assert.is(taskPath('web/prod/a', 'x/y'), '/scheduler/web/prod/a/task/x%2Fy');
  const at = { pathname: '/updates', search: '?q=a&cursor=50' };
  assert.is(withQuery(at, { sort: 'job' }), '/updates?q=a&sort=job');
  assert.is(withQuery(at, { cursor: '100' }), '/updates?q=a&cursor=100');
  assert.is(withQuery(at, { q: '' }), '/updates');
  assert.is(screenAt('/scheduler/web/prod/a/12', '')?.screen, 'instance');
  assert.is(screenAt('/scheduler/web/prod/a/b', ''), undefined);
  assert.is(screenAt('/scheduler/web/prod/a/update/u/', '')?.screen, 'update');
  assert.is(screenAt('/elsewhere', ''), undefined);
});

test('ten thousand instances have few cells, coloured by the worst', () => {
  const ids = Array.from({ length: 10_000 }, (_, id) => id);
  const states = ids.map((id) => (id === 4_321 ? 'LOST' : 'RUNNING'));
  const { cells, size } = stripCells(ids, states);
  assert.ok(cells.length <= 600);
  assert.is(size, 'small');
  assert.is(
    cells.reduce((sum, { count }) => sum + count, 0),
    10_000,
  );
  const bad = cells.filter(({ state }) => state === 'LOST');
  assert.is(bad.length, 1);
  assert.ok((bad[0]?.first ?? 0) <= 4_321 && (bad[0]?.last ?? 0) >= 4_321);
});

test('instances are filtered, sorted and cut', () => {
  const columns = {
    ...{
      id: [0, 1, 2, 12],
      state: [0, 1, 0, 0],
      sinceMs: [5, 6, 7, 8],
      host: [0, -1, 1, 0],
      config: [0, 0, 0, 0],
    },
    ...{ message: [-1, 0, -1, -1], failures: [0, 3, 0, 0] },
    ...{ states: ['RUNNING', 'PENDING'], hosts: ['host-a', 'host-b'], messages: ['why'] },
  };
  const ids = (query: Record<string, string>) => instanceRows(columns, query).rows.map(({ id }) => id);
  assert.equal(ids({}), [0, 1, 2, 12]);
  assert.equal(ids({ q: '1' }), [1, 12]);
  assert.equal(ids({ q: 'host-b' }), [2]);
  assert.equal(ids({ q: 'pen' }), [1]);
  assert.equal(ids({ state: 'RUNNING', sort: 'instance', dir: 'desc' }), [12, 2, 0]);
  assert.equal(ids({ sort: 'state' }), [1, 0, 2, 12]);
});

const FUNNEL = {
  ...{ known: 3, offering: 3, fitting: 0 },
  ruledOut: [{ kind: 'INSUFFICIENT_RESOURCES', agents: 3, reasons: { 'Insufficient: ram': 3 } }],
};

test('a job says in one sentence how it is', () => {
  const row = {
    ...{
      environment: 'prod',
      name: 'a',
      kind: 'service' as const,
      tier: '',
      production: false,
      instances: 3,
    },
    ...{ failed: 0, finished: 0, changedMs: 0 },
  };
  assert.is(
    jobSentence({ row: { ...row, counts: { RUNNING: 3 } }, waits: [] }),
    'All 3 instances are running.',
  );
  const wait = { count: 1, sinceMs: 0, reasons: [], funnel: FUNNEL };
  assert.is(
    jobSentence({ row: { ...row, counts: { RUNNING: 2, PENDING: 1 } }, waits: [wait] }),
    '2 of 3 running, 1 pending: Insufficient: ram on 3 of 3 agents.',
  );
  assert.is(jobSentence({ row: { ...row, counts: {} }, waits: [] }), 'No instance is active.');
  assert.is(funnelSentence({ known: 0, offering: 0, fitting: 0, ruledOut: [] }), 'no agent is known');
});

test('the course of an update, a lane for each instance', () => {
  const view = {
    instances: [0, 1, 2],
    instanceEvents: {
      ...{ instance: [0, 0, 1, 1], atMs: [10, 20, 20, 30], action: [0, 1, 0, 2], message: [-1, -1, -1, 0] },
      ...{
        actions: ['INSTANCE_UPDATING', 'INSTANCE_UPDATED', 'INSTANCE_UPDATE_FAILED'],
        messages: ['exit 1'],
      },
    },
  };
  const lanes = lanesOf(view);
  assert.equal(lanes, [
    {
      instance: 0,
      segments: [
        { state: 'updating', fromMs: 10, toMs: 20 },
        { state: 'updated', fromMs: 20 },
      ],
    },
    {
      instance: 1,
      segments: [
        { state: 'updating', fromMs: 20, toMs: 30 },
        { state: 'failed', fromMs: 30, message: 'exit 1' },
      ],
    },
    { instance: 2, segments: [] },
  ]);
  assert.equal(
    foldedLanes(lanes, 1, 100).map(({ instance }) => instance),
    [1],
    'what failed is drawn first',
  );
});

test('a configuration in a few facts', () => {
  const facts = configFacts({
    isService: true,
    resources: [{ numCpus: 0.5 }, { ramMb: 128 }, { namedPort: 'http' }],
    constraints: [{ name: 'host', constraint: { limit: { limit: 1 } } }],
    container: { docker: { image: 'nginx:1' } },
  });
  assert.equal(Object.fromEntries(facts), {
    ...{ Resources: '0.5 cpu, 128 MB ram', Ports: 'http', Constraints: 'at most 1 on one host' },
    ...{ Service: 'yes', Container: 'docker nginx:1' },
  });
});

test('how much of a job ran: a line with gaps, and a table of what was missing', () => {
  assert.equal(pointsOf([100, 100, -1, 0, 50], 400, 42), ['0,1 0,1 100,1', '250,41 300,41 400,21']);
  assert.equal(pointsOf([100], 400, 42), ['0,1 0,1']);
  const running = { endMs: 40, stepMs: 10, percents: [100, 50, 75, -1, 100] };
  assert.equal(downtimes(running), [
    { fromMs: 30, toMs: 40, least: -1 },
    { fromMs: 10, toMs: 30, least: 50 },
  ]);
  assert.equal(downtimes({ ...running, percents: [100, 100] }), []);
});

test.run();
