import fc from 'fast-check';
import type { ScheduledTask } from '../../../src/api/index.ts';
import { EMPTY_BAG } from '../../../src/scheduler/offers/resource-bag.ts';
import {
  type AgentLack,
  compareDisturbance,
  disturbanceOf,
  leastDisturbing,
  suffice,
  type Victim,
} from '../../../src/scheduler/preemptor/victims.ts';
import { assert, suite } from '../../harness/index.ts';
import { taskConfig } from '../builders.ts';

const test = suite('choice of victims');

interface Of {
  readonly cpus?: number;
  readonly ramMb?: number;
  readonly priority?: number;
  readonly preemptible?: boolean;
  readonly peer?: boolean;
}

let ids = 0;
const victim = ({ cpus = 1, ramMb = 0, priority = 0, preemptible = true, peer = false }: Of): Victim => {
  const task: ScheduledTask = {
    assignedTask: {
      taskId: `task-${ids++}`,
      task: { ...taskConfig(), priority },
      instanceId: 0,
      assignedPorts: {},
    },
    status: 'RUNNING',
    failureCount: 0,
    timesPartitioned: 0,
    taskEvents: [],
  };
  return { task, preemptible, peer, frees: { ...EMPTY_BAG, cpus, ramMb } };
};

const lack = (cpus: number, change: Partial<AgentLack> = {}): AgentLack => ({
  need: { ...EMPTY_BAG, cpus },
  have: EMPTY_BAG,
  peers: 0,
  ...change,
});

const cpusOf = (victims: readonly Victim[] | undefined) =>
  victims?.map(({ frees }) => frees.cpus).sort((a, b) => a - b);

test('one large task goes rather than many small ones, but no larger one than needed', () => {
  const victims = [1, 1, 1, 8, 4].map((cpus) => victim({ cpus }));
  assert.equal(cpusOf(leastDisturbing(victims, lack(3))), [4]);
  assert.equal(cpusOf(leastDisturbing(victims, lack(5))), [8]);
  assert.equal(cpusOf(leastDisturbing(victims, lack(1))), [1]);
});

test('what is free counts; when nothing is lacking nobody goes', () => {
  const victims = [victim({ cpus: 2 }), victim({ cpus: 4 })];
  assert.equal(cpusOf(leastDisturbing(victims, lack(5, { have: { ...EMPTY_BAG, cpus: 3 } }))), [2]);
  assert.equal(leastDisturbing(victims, lack(5, { have: { ...EMPTY_BAG, cpus: 5 } })), []);
  assert.equal(leastDisturbing([], lack(0)), []);
});

test('when all together are not enough, nobody goes', () => {
  assert.is(leastDisturbing([victim({}), victim({})], lack(3)), undefined);
  assert.is(leastDisturbing([victim({ peer: true })], lack(1, { peers: 2 })), undefined);
});

test('low priorities go before high ones, preemptible tiers before others, however many it takes', () => {
  const low = [victim({ priority: 1 }), victim({ priority: 1 })];
  const high = victim({ priority: 9, cpus: 2 });
  assert.equal(leastDisturbing([high, ...low], lack(2)), low);
  const firm = victim({ priority: 0, cpus: 2, preemptible: false });
  assert.equal(leastDisturbing([firm, high], lack(2)), [high]);
});

test('every resource is made room for; a task of no use stays', () => {
  const cpu = victim({ cpus: 4 });
  const ram = victim({ cpus: 0, ramMb: 1024 });
  const need = { ...EMPTY_BAG, cpus: 3, ramMb: 512 };
  const found = leastDisturbing([ram, cpu, victim({ cpus: 0.1 })], lack(0, { need }));
  assert.equal(new Set(found), new Set([cpu, ram]));
});

test('where a limit is exceeded a task of the same job goes, although there is room', () => {
  const peer = victim({ peer: true, priority: 5 });
  const found = leastDisturbing(
    [victim({ cpus: 9 }), peer],
    lack(1, { peers: 1, have: { ...EMPTY_BAG, cpus: 1 } }),
  );
  assert.equal(found, [peer]);
});

test('disturbances compare by tier, priority, number and size, in this order', () => {
  const order = [
    [victim({ cpus: 1 })],
    [victim({ cpus: 2 })],
    [victim({ cpus: 1 }), victim({ cpus: 1 })],
    [victim({ priority: 1 })],
    [victim({ preemptible: false })],
  ].map(disturbanceOf);
  for (const [at, one] of order.entries())
    for (const [other, two] of order.entries())
      assert.is(Math.sign(compareDisturbance(one, two)), Math.sign(at - other));
});

const some = fc.array(
  fc.record({
    cpus: fc.integer({ min: 0, max: 4 }),
    ramMb: fc.integer({ min: 0, max: 4 }),
    priority: fc.nat(2),
    preemptible: fc.boolean(),
    peer: fc.boolean(),
  }),
  { maxLength: 8 },
);
const lacking = fc.record({
  need: fc.record({ cpus: fc.nat(6), ramMb: fc.nat(6) }).map((need) => ({ ...EMPTY_BAG, ...need })),
  have: fc.record({ cpus: fc.nat(2), ramMb: fc.nat(2) }).map((have) => ({ ...EMPTY_BAG, ...have })),
  peers: fc.nat(1),
});

test('property: victims suffice, none of them could stay, and no choice of lower rank was possible', () => {
  fc.assert(
    fc.property(some, lacking, (specs, wanted) => {
      const victims = specs.map(victim);
      const found = leastDisturbing(victims, wanted);
      assert.is(found !== undefined, suffice(victims, wanted));
      if (!found) return;
      assert.ok(suffice(found, wanted));
      for (const one of found)
        assert.not(
          suffice(
            found.filter((other) => other !== one),
            wanted,
          ),
          'one of them could stay',
        );
      if (found.length === 0) return;
      const { firm, highestPriority } = disturbanceOf(found);
      const gentler = victims.filter(
        ({ preemptible, task }) => preemptible && task.assignedTask.task.priority < highestPriority,
      );
      if (firm === 0) assert.not(suffice(gentler, wanted), 'lower priorities would do');
      const soft = victims.filter(({ preemptible }) => preemptible);
      if (firm > 0) assert.not(suffice(soft, wanted), 'preemptible ones would do');
    }),
    { numRuns: 2_000 },
  );
});

test.run();
