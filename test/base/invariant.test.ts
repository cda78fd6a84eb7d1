/** Number 40 of the second round: what would go wrong in silence stops with its state in the message. */
import { invariant } from '../../src/base/invariant.ts';
import { seededRandom } from '../../src/base/random.ts';
import { resourcePool } from '../../src/scheduler/offers/resource-pool.ts';
import { assert, suite } from '../harness/index.ts';
import { REVOCABLE_TYPES, scalar } from '../scheduler/builders.ts';

const test = suite('invariants');

test('one that holds costs nothing, and its state is not worked out', () => {
  invariant(true, 'never', () => {
    throw new Error('worked out');
  });
});

test('one that is broken names itself and the state', () => {
  assert.throws(
    () => invariant(false, 'two are one', () => ({ a: 1, b: 2 })),
    (error: Error) => /^two are one: \{"a":1,"b":2\}; report this/.test(error.message),
  );
});

test('a pool never gives more than it has', () => {
  const pool = resourcePool([scalar('cpus', 2), scalar('mem', 64)], REVOCABLE_TYPES);
  const need = { cpus: 1, ramMb: 32, diskMb: 0, gpus: 0, ports: 0, ips: 0 };
  assert.ok(pool.take(need, false, seededRandom(1)));
  assert.ok(pool.take(need, false, seededRandom(1)));
  assert.is(pool.take(need, false, seededRandom(1)), undefined);
});

test.run();
