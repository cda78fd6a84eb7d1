import fc from 'fast-check';
import { seededRandom } from '../../../src/base/random.ts';
import type { Resource } from '../../../src/mesos/index.ts';
import {
  boundsOf,
  countPorts,
  holdsPort,
  PackedRanges,
  pickPorts,
  rangesOf,
  withoutPorts,
} from '../../../src/scheduler/offers/ports.ts';
import { EMPTY_BAG, fits } from '../../../src/scheduler/offers/resource-bag.ts';
import { resourcePool } from '../../../src/scheduler/offers/resource-pool.ts';
import { assert, suite } from '../../harness/index.ts';
import { ports, REVOCABLE_TYPES, scalar } from '../builders.ts';

const test = suite('resource pool');
const random = seededRandom(1);
const pool = (...resources: Resource[]) => resourcePool(resources, REVOCABLE_TYPES);
const need = (change: Partial<typeof EMPTY_BAG>) => ({ ...EMPTY_BAG, ...change });
const sum = (resources: readonly Resource[], name: string) =>
  resources.reduce((total, one) => total + (one.name === name ? (one.scalar?.value ?? 0) : 0), 0);

test('one need is met from several entries, reserved ones first, each with its role', () => {
  const offered = pool(
    scalar('cpus', 2, { role: '*' }),
    scalar('cpus', 1, { role: 'web' }),
    scalar('mem', 100),
  );
  const taken = offered.take(need({ cpus: 1.5, ramMb: 50 }), false, random);
  assert.equal(
    taken?.resources.map(({ name, role, scalar: s }) => [name, role, s?.value]),
    [
      ['cpus', 'web', 1],
      ['cpus', '*', 0.5],
      ['mem', undefined, 50],
    ],
  );
  assert.is(offered.available(false).cpus, 1.5);
});

test('equal amounts of ordinary resources are one object; whose a resource is, and what else it says, tells them apart', () => {
  const take = (change: Partial<Resource>, value = 0.25) =>
    pool(scalar('cpus', 2, change)).take(need({ cpus: value }), change.revocable !== undefined, random)
      ?.resources[0];
  const plain = take({ role: 'web', allocation_info: { role: 'web' } });
  assert.equal(plain, scalar('cpus', 0.25, { role: 'web', allocation_info: { role: 'web' } }));
  assert.is(take({ role: 'web', allocation_info: { role: 'web' } }), plain);
  const others: Partial<Resource>[] = [
    {},
    { role: 'web' },
    { role: '*', allocation_info: { role: 'web' } },
    { role: 'web', allocation_info: { role: '*' } },
    { role: 'web', allocation_info: { role: 'web' }, revocable: {} },
    { role: 'web', reservations: [{ type: 'STATIC', role: 'web' }] },
    { role: 'web', reservations: [{ type: 'DYNAMIC', role: 'web', principal: 'one' }] },
  ];
  for (const other of others) assert.equal(take(other), scalar('cpus', 0.25, other));
  assert.equal(take({ role: 'web' }, 0.5), scalar('cpus', 0.5, { role: 'web' }));
});

test('GPUs are taken whole from where they are, beside what else is asked for', () => {
  const offered = pool(scalar('cpus', 2), scalar('gpus', 1, { role: 'web' }), scalar('gpus', 3));
  assert.is(offered.available(false).gpus, 4);
  const taken = offered.take(need({ cpus: 1, gpus: 2 }), false, random);
  assert.is(sum(taken?.resources ?? [], 'gpus'), 2);
  assert.is(offered.take(need({ gpus: 3 }), false, random), undefined);
  assert.is(offered.available(false).gpus, 2);
});

test('what is not there is not taken, and nothing else either', () => {
  const offered = pool(scalar('cpus', 1), scalar('mem', 100));
  assert.is(offered.take(need({ cpus: 1, ramMb: 101 }), false, random), undefined);
  assert.is(offered.available(false).cpus, 1);
  assert.is(offered.available(false).ramMb, 100);
});

test('a plain tier never touches revocable resources; a revocable one takes them for cpus only', () => {
  const offered = pool(
    scalar('cpus', 4),
    scalar('cpus', 2, { revocable: {} }),
    scalar('mem', 100),
    scalar('mem', 30, { revocable: {} }),
  );
  assert.is(offered.available(false).cpus, 4);
  assert.is(offered.available(false).ramMb, 100);
  assert.is(offered.available(true).cpus, 2);
  assert.is(offered.available(true).ramMb, 130);
  const taken = offered.take(need({ cpus: 2 }), true, random);
  assert.equal(taken?.resources, [scalar('cpus', 2, { revocable: {} })]);
  assert.is(offered.available(false).cpus, 4);
});

test('sums of fractions stay exact to the thousandth', () => {
  const offered = pool(scalar('cpus', 1));
  for (let i = 0; i < 10; i++) assert.ok(offered.take(need({ cpus: 0.1 }), false, random), `take ${i}`);
  assert.is(offered.available(false).cpus, 0);
});

test('volumes and unknown resources are not for tasks', () => {
  const offered = pool(
    scalar('disk', 10),
    scalar('disk', 90, { disk: { persistence: { id: 'v' } } }),
    scalar('quarks', 7),
  );
  assert.is(offered.available(false).diskMb, 10);
});

test('ports are different, from the ranges, reserved ones first when they suffice', () => {
  const offered = pool(ports(1, 3, { role: 'web' }), ports(10, 12), ports(20, 20));
  const taken = offered.take(need({ ports: 3 }), false, random);
  assert.equal([...(taken?.ports ?? [])].sort(), [1, 2, 3]);
  assert.equal(taken?.resources, [ports(1, 3, { role: 'web' })]);
  const rest = offered.take(need({ ports: 4 }), false, random);
  assert.equal([...(rest?.ports ?? [])].sort(), [10, 11, 12, 20]);
  assert.is(offered.available(false).ports, 0);
});

const range = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 40 }))
  .map(([begin, length]) => ({ begin, end: begin + length }));
/** Ranges that do not overlap: what an agent offers. */
const disjoint = fc.array(range, { maxLength: 6 }).map((list) => {
  const used = new Set<number>();
  for (const { begin, end } of list) for (let port = begin; port <= end; port++) used.add(port);
  return rangesOf([...used]);
});

test('property: picked ports are all different and offered, and exactly they are gone afterwards', () => {
  fc.assert(
    fc.property(disjoint, fc.nat(), fc.nat(), (ranges, share, seed) => {
      const bounds = boundsOf({ range: ranges });
      const offered = ranges.flatMap(({ begin, end }) =>
        Array.from({ length: end - begin + 1 }, (_, at) => begin + at),
      );
      assert.is(countPorts(bounds), offered.length);
      const count = offered.length === 0 ? 0 : share % (offered.length + 1);
      const picked = pickPorts(bounds, count, seededRandom(seed));
      assert.is(new Set(picked).size, count);
      for (const port of picked) assert.ok(holdsPort(bounds, port), `port ${port}`);
      const left = withoutPorts(bounds, picked);
      const others = offered.filter((port) => !picked.includes(port));
      assert.equal(new PackedRanges(left).range, rangesOf(others));
      assert.equal(new PackedRanges(bounds).range, ranges, 'those that were given did not change');
    }),
  );
});

test('property: no port is given twice, however many tasks share an offer, and each is told where it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean()), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }),
      fc.nat(),
      (lengths, wants, seed) => {
        const entries = lengths.map(([length, reserved], nth) =>
          ports(100 * nth, 100 * nth + length, reserved ? { role: 'web' } : {}),
        );
        const offered = pool(...entries);
        const given = new Set<number>();
        let left = offered.available(false).ports;
        for (const wanted of wants) {
          const taken = offered.take(need({ ports: wanted }), false, seededRandom(seed));
          assert.is(taken !== undefined, wanted <= left);
          if (!taken) continue;
          for (const port of taken.ports) {
            assert.not(given.has(port), `port ${port} again`);
            given.add(port);
            const [length, reserved] = lengths[Math.floor(port / 100)] ?? [];
            assert.ok(length !== undefined && port % 100 <= length);
            const told = taken.resources.find(({ ranges }) => holdsPort(boundsOf(ranges), port));
            assert.is(told?.role, reserved ? 'web' : undefined);
          }
          left -= wanted;
          assert.is(offered.available(false).ports, left);
        }
      },
    ),
  );
});

const amount = fc.integer({ min: 0, max: 9999 }).map((thousandths) => thousandths / 1000);
const entry = fc
  .tuple(
    fc.constantFrom('cpus', 'mem', 'disk', 'gpus'),
    amount,
    fc.constantFrom(undefined, '*', 'web'),
    fc.boolean(),
  )
  .map(([name, value, role, revocable]) =>
    scalar(name, value, { ...(role ? { role } : {}), ...(revocable ? { revocable: {} } : {}) }),
  );

test('property: a take gives exactly what was asked for when it fits and nothing otherwise; nothing is oversold', () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 8 }),
      fc.array(fc.tuple(amount, amount, fc.boolean()), { maxLength: 8 }),
      (entries, wants) => {
        const offered = pool(...entries);
        const given = { cpus: 0, mem: 0 };
        for (const [cpus, ramMb, revocable] of wants) {
          const wanted = need({ cpus, ramMb });
          const possible = fits(wanted, offered.available(revocable));
          const taken = offered.take(wanted, revocable, random);
          assert.is(taken !== undefined, possible);
          if (!taken) continue;
          assert.ok(Math.abs(sum(taken.resources, 'cpus') - cpus) < 1e-6);
          assert.ok(Math.abs(sum(taken.resources, 'mem') - ramMb) < 1e-6);
          given.cpus += cpus;
          given.mem += ramMb;
        }
        assert.ok(given.cpus <= sum(entries, 'cpus') + 1e-3);
        assert.ok(given.mem <= sum(entries, 'mem') + 1e-3);
      },
    ),
  );
});

test.run();
