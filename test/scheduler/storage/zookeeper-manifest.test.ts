/** The manifest of a log in ZooKeeper is read whole, or refused with what is wrong. */
import { AuroraError } from '../../../src/base/errors.ts';
import {
  decodeManifest,
  EMPTY_MANIFEST,
  encodeManifest,
  type Manifest,
} from '../../../src/scheduler/storage/log/zookeeper/manifest.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('the manifest of a log in ZooKeeper');

const read = (value: unknown) => decodeManifest(Buffer.from(JSON.stringify(value)), '/log/manifest');
const reason = (value: unknown): string => {
  try {
    read(value);
  } catch (error) {
    assert.instance(error, AuroraError);
    assert.is((error as AuroraError).code, 'STORAGE');
    return (error as AuroraError).message;
  }
  return assert.unreachable(`taken: ${JSON.stringify(value)}`) as never;
};

test('what is written is read', () => {
  const manifest: Manifest = {
    oldestEntry: 7,
    generations: [
      { snapshot: undefined, startMs: 5, firstEntry: 7 },
      { snapshot: { id: 'a', entries: 3 }, startMs: 9, firstEntry: 12, replaces: true },
    ],
  };
  for (const one of [EMPTY_MANIFEST, manifest])
    assert.equal(decodeManifest(encodeManifest(one), '/log'), one);
});

test('what is no manifest is refused, with the place and the part', () => {
  const whole = { format: 1, oldestEntry: 3, generations: [{ firstEntry: 3 }] };
  assert.is(read(whole).oldestEntry, 3);
  for (const [part, wrong] of [
    [/not JSON|not an object/, null],
    [/not an object/, []],
    [/format is 2/, { ...whole, format: 2 }],
    [/which entry is the oldest/, { ...whole, oldestEntry: '3' }],
    [/which entry is the oldest/, { ...whole, oldestEntry: -1 }],
    [/no list of generations/, { format: 1, oldestEntry: 3 }],
    [/no list of generations/, { ...whole, generations: null }],
    [/no list of generations/, { ...whole, generations: 0 }],
    [/no generation/, { ...whole, generations: [] }],
    [/generation 0 of its manifest is damaged/, { ...whole, generations: [null] }],
    [/generation 1 .* damaged/, { ...whole, generations: [{}, { firstEntry: 1.5 }] }],
    [/generation 0 .* damaged/, { ...whole, generations: [{ snapshot: { id: 1, entries: 2 } }] }],
    [/generation 0 .* damaged/, { ...whole, generations: [{ snapshot: null }] }],
    [/generation 0 .* damaged/, { ...whole, generations: [{ startMs: 'now' }] }],
  ] as const) {
    const text = reason(wrong);
    assert.match(text, part);
    assert.match(text, /\/log\/manifest/);
  }
});

test.run();
