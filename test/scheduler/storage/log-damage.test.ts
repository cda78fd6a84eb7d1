import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { openLocalLog } from '../../../src/scheduler/storage/index.ts';
import { HEADER_BYTES } from '../../../src/scheduler/storage/log/frames.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { recovered } from './log-suite.ts';

const test = suite('damaged log');

const RECORDS = ['first', 'second record', 'third', 'a fourth one', 'last'];
const HEADER = HEADER_BYTES;
const FRAME = 8;
const SEGMENT = 'segment-0000000001.log';

/** Where each record begins, and after them the end. */
const starts = [HEADER];
for (const record of RECORDS) starts.push(starts.at(-1)! + FRAME + record.length);
const END = starts.at(-1)!;

/** A directory with RECORDS in it, all of them acknowledged, to be copied and damaged. */
async function pristine(root: string): Promise<string> {
  const directory = join(root, 'pristine');
  const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock });
  await recovered(log);
  for (const record of RECORDS) await log.append(Buffer.from(record));
  await log.close();
  return directory;
}

interface Outcome {
  readonly records?: string[];
  readonly error?: AuroraError;
  readonly warnings: { file?: string; offset?: number }[];
}

async function recoverFrom(directory: string): Promise<Outcome> {
  const warnings: object[] = [];
  const log = await openLocalLog({
    directory,
    logger: { ...silentLogger, warn: (fields) => warnings.push(fields) },
    clock: systemClock,
  });
  try {
    const { records } = await recovered(log);
    return { records, warnings };
  } catch (error) {
    return { error: error as AuroraError, warnings };
  } finally {
    await log.close();
  }
}

/** Damages a copy, recovers from it, and hands the outcome to `check`. */
async function afterDamage(
  cases: readonly ((directory: string) => Promise<void>)[],
  check: (outcome: Outcome, number: number, directory: string) => void | Promise<void>,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'aurora-damage-'));
  try {
    const source = await pristine(root);
    for (const [number, damage] of cases.entries()) {
      const directory = join(root, `case-${number}`);
      await cp(source, directory, { recursive: true });
      await damage(directory);
      await check(await recoverFrom(directory), number, directory);
      await rm(directory, { recursive: true });
    }
  } finally {
    await rm(root, { recursive: true });
  }
}

const flipBit = (file: string, bit: number) => async (directory: string) => {
  const bytes = await readFile(join(directory, file));
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  await writeFile(join(directory, file), bytes);
};
const forgetMark = (directory: string) => rm(join(directory, 'durable'));

function assertRefused({ error }: Outcome, what: string): void {
  assert.instance(error, AuroraError, what);
  assert.is(error!.code, 'STORAGE', what);
  assert.match(error!.message, /segment-0000000001\.log, offset \d+/, what);
}

test('cut at any byte of the last three records, the log is refused: all of them were acknowledged', async () => {
  const cuts = Array.from({ length: END - starts[2]! }, (_, index) => starts[2]! + index);
  const damages = cuts.map((cut) => (directory: string) => truncate(join(directory, SEGMENT), cut));
  await afterDamage(damages, (outcome, number) => {
    assertRefused(outcome, `cut at ${cuts[number]}`);
    assert.match(outcome.error!.message, `${END} bytes were acknowledged`);
  });
  count('log cuts', cuts.length);
});

test('cut where nobody knows what was acknowledged, it keeps every whole record and says what it cut off', async () => {
  const cuts = Array.from({ length: END - starts[2]! + 1 }, (_, index) => starts[2]! + index);
  const damages = cuts.map((cut) => async (directory: string) => {
    await forgetMark(directory);
    await truncate(join(directory, SEGMENT), cut);
  });
  await afterDamage(damages, async ({ records, warnings }, number, directory) => {
    const cut = cuts[number]!;
    const whole = starts.filter((start) => start <= cut).length - 1;
    assert.equal(records, RECORDS.slice(0, whole), `cut at ${cut}`);
    const torn = cut !== starts[whole];
    assert.equal(
      warnings.map(({ file, offset }) => [file, offset]),
      torn ? [[join(directory, SEGMENT), starts[whole]]] : [],
    );
    const again = await recoverFrom(directory);
    assert.equal([again.records, again.warnings], [records, []], 'the cut is clean');
  });
  count('log cuts', cuts.length);
});

test('any bit flipped in a record, in the middle or the last, is refused', async () => {
  for (const record of [1, RECORDS.length - 1]) {
    const bits = Array.from(
      { length: (starts[record + 1]! - starts[record]!) * 8 },
      (_, bit) => starts[record]! * 8 + bit,
    );
    await afterDamage(
      bits.map((bit) => flipBit(SEGMENT, bit)),
      (outcome, number) => {
        assertRefused(outcome, `bit ${bits[number]}`);
        assert.match(outcome.error!.message, `offset ${starts[record]}`);
      },
    );
    count('log bits flipped', bits.length);
  }
}, 30_000);

test('any bit flipped in the header is refused', async () => {
  const bits = Array.from({ length: HEADER * 8 }, (_, bit) => bit);
  await afterDamage(
    bits.map((bit) => flipBit(SEGMENT, bit)),
    (outcome, number) => assertRefused(outcome, `bit ${number}`),
  );
  count('log bits flipped', bits.length);
});

test('a write that was cut short behind what was acknowledged is cut off, and the log goes on', async () => {
  const tails = [
    Buffer.from([9]),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
    Buffer.concat([Buffer.alloc(500), Buffer.from('the first page of a write is missing')]),
    Buffer.from('garbage that is long enough to look like a record'),
  ];
  const damages = tails.map((tail) => async (directory: string) => {
    const path = join(directory, SEGMENT);
    const room = Buffer.alloc(700);
    await writeFile(path, Buffer.concat([(await readFile(path)).subarray(0, END), tail, room]));
  });
  await afterDamage(damages, async ({ records, warnings }, _, directory) => {
    assert.equal(records?.slice(0, RECORDS.length), RECORDS);
    assert.equal(warnings.length, 1);
    const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock });
    await recovered(log);
    await log.append(Buffer.from('new'));
    await log.close();
    assert.equal((await recoverFrom(directory)).records, [...RECORDS, 'new']);
  });
});

test('a missing segment and a damaged snapshot are refused with their names', async () => {
  const root = await mkdtemp(join(tmpdir(), 'aurora-damage-'));
  const directory = join(root, 'log');
  const log = await openLocalLog({ directory, logger: silentLogger, clock: systemClock });
  await recovered(log);
  await log.append(Buffer.from('a'));
  await log.writeSnapshot([Buffer.from('state'), Buffer.from('more')]);
  await log.append(Buffer.from('b'));
  await log.close();
  const snapshot = 'snapshot-0000000002.snap';
  const whole = await readFile(join(directory, snapshot));
  for (let cut = 0; cut < whole.length; cut++) {
    await writeFile(join(directory, snapshot), whole.subarray(0, cut));
    const { error } = await recoverFrom(directory);
    assert.match(error!.message, /snapshot-0000000002\.snap, offset \d+/, `cut at ${cut}`);
  }
  await writeFile(join(directory, snapshot), whole);
  await rm(join(directory, 'segment-0000000002.log'));
  assert.match((await recoverFrom(directory)).error!.message, /file is missing \(.*segment-0000000002\.log/);
  await rm(root, { recursive: true });
});

test.run();
