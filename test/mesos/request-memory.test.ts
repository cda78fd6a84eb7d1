import { requestMemory, type StoredRequest } from '../../src/mesos/http/request-memory.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('memory of requests');

const textOf = ({ block, start, end }: StoredRequest) => block.bytes.toString('utf8', start, end);
const store = (memory: ReturnType<typeof requestMemory>, body: string | Uint8Array) =>
  memory.store('head\r\n', body, Buffer.byteLength(body));

test('a request is copied, text or bytes, and stays as it is while others come and go', () => {
  const memory = requestMemory();
  const bytes = Buffer.from('bytes');
  const kept = [
    store(memory, bytes),
    store(memory, 'ünï'),
    store(memory, ''),
    store(memory, 'x'.repeat(200_000)),
  ];
  bytes.fill('!');
  for (let round = 0; round < 2_000; round++) memory.release(store(memory, `${round}`.repeat(100)).block);
  assert.equal(kept.slice(0, 3).map(textOf), ['head\r\nbytes', 'head\r\nünï', 'head\r\n']);
  assert.ok(textOf(kept[3] as StoredRequest) === `head\r\n${'x'.repeat(200_000)}`);
});

test('memory is used again as soon as nobody uses it, and not before', () => {
  const memory = requestMemory();
  const first = store(memory, 'a');
  memory.hold(first.block);
  memory.release(first.block);
  const second = store(memory, 'b');
  assert.is(second.block, first.block);
  assert.is(second.start, first.end, 'a write still reads the first');
  memory.release(first.block);
  memory.release(first.block);
  assert.is(store(memory, 'c').start, 0);
});

test('a burst takes no new memory the second time, and what is not needed later is given back', () => {
  const memory = requestMemory();
  const burst = () => Array.from({ length: 1_000 }, () => store(memory, 'x'.repeat(1_000)));
  const blocksOf = (requests: readonly StoredRequest[]) => new Set(requests.map(({ block }) => block));
  const release = (requests: readonly StoredRequest[]) => {
    for (const { block } of requests) memory.release(block);
  };
  const first = burst();
  release(first);
  const again = burst();
  const before = blocksOf(first);
  assert.ok([...blocksOf(again)].every((block) => before.has(block)));
  release(again);
  for (let round = 0; round < 200_000; round++) release([store(memory, 'x')]);
  const known = [...blocksOf(burst())].filter((block) => before.has(block));
  assert.ok(known.length <= 1, `${known.length} of ${before.size} blocks are still there`);
  const idle = requestMemory();
  const sent = Array.from({ length: 1_000 }, () => store(idle, 'x'.repeat(1_000)));
  for (const { block } of sent) idle.release(block);
  idle.rest();
  const fresh = blocksOf(Array.from({ length: 1_000 }, () => store(idle, 'x'.repeat(1_000))));
  const old = [...blocksOf(sent)].filter((block) => fresh.has(block));
  assert.ok(old.length <= 1, 'only the block in use is left');
});

test.run();
