import { counterNames } from '../../../src/scheduler/metrics/counter-names.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('names of counters');

test('are their parts together, however many parts there are', () => {
  const nameOf = counterNames('status_update_', '_SUCCESS');
  for (let round = 0; round < 2; round++)
    for (let at = 0; at < 2_500; at++) assert.is(nameOf(`R${at}`), `status_update_R${at}_SUCCESS`);
  assert.is(counterNames('x_')('y'), 'x_y');
});

test.run();
