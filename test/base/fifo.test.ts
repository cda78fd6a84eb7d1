import fc from 'fast-check';
import { fifo } from '../../src/base/fifo.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('a queue in a ring');

test('an empty queue has no first member, and nothing can be removed', () => {
  const queue = fifo<number>();
  assert.is(queue.size, 0);
  assert.is(queue.first(), undefined);
  assert.is(queue.shift(), undefined);
  assert.equal(queue.copy(), []);
});

test('members leave in the order in which they came, whatever comes and goes in between', () => {
  const steps = fc.array(fc.oneof(fc.constant('shift' as const), fc.nat({ max: 40 })), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (all) => {
      const queue = fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const step of all) {
        if (step === 'shift') assert.is(queue.shift(), model.shift());
        else
          for (let nth = 0; nth < step; nth++) {
            queue.push(next);
            model.push(next++);
          }
        assert.is(queue.size, model.length);
        assert.is(queue.first(), model[0]);
      }
      assert.equal(queue.copy(), model);
      assert.equal(queue.copy(3), model.slice(0, 3));
    }),
  );
});

test.run();
