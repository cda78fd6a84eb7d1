import { sharedTurns, yieldTurn } from '../../src/base/turns.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('shared turns');

/** Starts pieces of these sizes together; in which turn of the event loop each began, in the order of their beginnings. */
async function begun(most: number, sizes: readonly number[]): Promise<[size: number, turn: number][]> {
  const turn = sharedTurns(most);
  const begins: [number, number][] = [];
  let now = 0;
  const pieces = sizes.map(async (size) => {
    await turn(size);
    begins.push([size, now]);
  });
  while (begins.length < sizes.length) {
    await yieldTurn();
    now++;
    assert.ok(now < 100, 'pieces that never begin');
  }
  await Promise.all(pieces);
  return begins;
}

test('small pieces share a turn, large ones have one each, and nobody overtakes', async () => {
  const begins = await begun(10, [4, 4, 4, 30, 1]);
  assert.equal(
    begins.map(([size]) => size),
    [4, 4, 4, 30, 1],
  );
  const turns = begins.map(([, turn]) => turn);
  assert.is(turns[0], turns[1], 'the first two fit into one');
  for (const at of [1, 2, 3]) assert.ok((turns[at + 1] as number) > (turns[at] as number), `${turns}`);
});

test('a piece that comes alone begins at once, also after many others', async () => {
  const turn = sharedTurns(10);
  assert.is(turn(50), undefined);
  await turn(50);
  await yieldTurn();
  await yieldTurn();
  assert.is(turn(50), undefined);
});

test.run();
