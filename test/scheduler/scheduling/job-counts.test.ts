import { EMPTY_BAG } from '../../../src/scheduler/offers/resource-bag.ts';
import { jobCounts } from '../../../src/scheduler/scheduling/job-counts.ts';
import { taskRequest } from '../../../src/scheduler/scheduling/task-request.ts';
import { assert, suite } from '../../harness/index.ts';
import { taskConfig } from '../builders.ts';

const test = suite('counts of a job between attempts');

const LIMITED = taskConfig({ constraints: [{ name: 'rack', constraint: { limit: { limit: 2 } } }] });
const attempt = { group: {}, config: LIMITED, taskIds: [] };
const request = taskRequest(LIMITED, EMPTY_BAG, false);
const RACK = new Map([['rack', new Set(['r1'])]]);

/** Stores whose only task runs on an agent in the rack; `looks` counts how often they were gone through. */
function stores() {
  const state = { looks: 0, placement: 1, hosts: 1 };
  const task = { status: 'RUNNING', assignedTask: { slaveId: 'a' } };
  const host = { host: 'h', attributes: [{ name: 'rack', values: ['r1'] }] };
  return {
    state,
    tasks: { activeOf: () => [state.looks++, task].slice(1), placement: () => state.placement },
    hosts: { ofAgent: () => host, get: () => host, version: () => state.hosts },
  } as never as Parameters<ReturnType<typeof jobCounts>['of']>[0] & { state: typeof state };
}

test('hold while nothing moved, with what the attempt placed', () => {
  const counts = jobCounts();
  const known = stores();
  const first = counts.of(known, attempt, request);
  assert.is(first.count('rack', 'r1'), 1);
  first.add(RACK);
  counts.keep(known, attempt, first);
  const second = counts.of(known, attempt, request);
  assert.is(second.count('rack', 'r1'), 2);
  assert.is(known.state.looks, 1);
});

for (const moved of ['placement', 'hosts'] as const)
  test(`are made anew when there is another version of the ${moved}`, () => {
    const counts = jobCounts();
    const known = stores();
    const first = counts.of(known, attempt, request);
    first.add(RACK);
    counts.keep(known, attempt, first);
    known.state[moved]++;
    assert.is(counts.of(known, attempt, request).count('rack', 'r1'), 1);
    assert.is(known.state.looks, 2);
  });

test('are made anew after an attempt that did not keep them', () => {
  const counts = jobCounts();
  const known = stores();
  counts.keep(known, attempt, counts.of(known, attempt, request));
  counts.of(known, attempt, request).add(RACK);
  assert.is(counts.of(known, attempt, request).count('rack', 'r1'), 1);
});

test.run();
