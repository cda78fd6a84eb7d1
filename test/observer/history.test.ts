import { usageHistory } from '../../src/observer/usage/history.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('history of usage');

const point = (at: number) => ({
  t: 1_900_000_000 + at * 20,
  cpu: at / 1_000_000,
  ram: at * 4096,
  disk: (180 - at) * 4096,
});

test('gives every point back, oldest first, and the latest when there were more than it keeps', () => {
  for (const size of [1, 15, 16, 17, 180]) {
    const history = usageHistory(size);
    assert.equal(history.points(), []);
    const added: ReturnType<typeof point>[] = [];
    for (let at = 0; at < 180; at++) {
      history.add(point(at));
      added.push(point(at));
      assert.equal(history.points(), added.slice(-size), `${at + 1} points of ${size}`);
    }
  }
});

test('a disk of 8 TiB and 1,000 cores fit', () => {
  const history = usageHistory(180);
  const large = { t: 4_000_000_000, cpu: 1_000.5, ram: 2 ** 42, disk: 2 ** 43 };
  history.add(large);
  assert.equal(history.points(), [large]);
});

test.run();
