/**
 * Fault 5 of the second round: the lock of a data directory told processes by their pid, and a second container, or a
 * second machine with the directory mounted, took it. Owners elsewhere are made up here; a real second pid namespace takes
 * part where this machine lets us make one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AuroraError } from '../../src/base/errors.ts';
import { type ManualClock, manualClock } from '../../src/base/manual-clock.ts';
import { type ClaimOwner, claimDirectory, thisOwner } from '../../src/proc/directory-claim.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('claims of a directory');

const here = thisOwner();
/** Owners whose pid says nothing here: pid 1 always lives. */
const ELSEWHERE: Readonly<Record<string, Partial<ClaimOwner>>> = {
  'another container of this machine': { pidNamespace: 'pid:[1]' },
  'another machine': { bootId: 'another-boot', machineId: 'another', pidNamespace: here.pidNamespace },
  'another machine of the same image': { bootId: 'another-boot', pidNamespace: here.pidNamespace },
};
const ownerAt = (change: Partial<ClaimOwner>): ClaimOwner => ({
  ...here,
  pid: 1,
  startTicks: 1,
  host: 'elsewhere.example.com',
  ...change,
});

async function inDirectory(body: (directory: string) => Promise<void>) {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-claim-'));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const claims = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('claim-'));
const never = () => {
  throw new Error('lost');
};

/** Moves time on until the promise has settled. */
async function settled<T>(clock: ManualClock, promise: Promise<T>): Promise<T | AuroraError> {
  let result: T | AuroraError | undefined;
  promise.then(
    (value) => {
      result = value;
    },
    (error) => {
      result = error;
    },
  );
  for (let step = 0; step < 1_000 && result === undefined; step++) {
    await new Promise((next) => setImmediate(next));
    if (result === undefined) clock.advance(100);
  }
  if (result === undefined) throw new Error('not settled');
  return result;
}

test('one process of our own table is told by it, at once', () =>
  inDirectory(async (directory) => {
    const clock = manualClock();
    const first = await claimDirectory(directory, { clock, onLost: never });
    const second = await claimDirectory(directory, { clock, onLost: never }).catch((error) => error);
    assert.is(second.code, 'DATA_DIR_LOCKED');
    assert.match(second.message, new RegExp(`in use by process ${process.pid} `));
    first.release();
    const third = await claimDirectory(directory, { clock, onLost: never });
    assert.is(claims(directory).length, 1, 'a refused claim is taken away again');
    third.release();
    assert.equal(claims(directory), []);
    assert.is(clock.pending(), 0);
  }));

test('a dead one of our own table is cleared away at once', () =>
  inDirectory(async (directory) => {
    const clock = manualClock();
    const dead = { ...here, startTicks: 1 };
    await claimDirectory(directory, { clock: manualClock(), onLost: never, owner: dead });
    const claim = await claimDirectory(directory, { clock, onLost: never });
    assert.is(claims(directory).length, 1);
    claim.release();
  }));

for (const [name, change] of Object.entries(ELSEWHERE)) {
  test(`${name}: while its heart beats the directory is taken`, () =>
    inDirectory(async (directory) => {
      const clock = manualClock();
      const first = await claimDirectory(directory, { clock, onLost: never, owner: ownerAt(change) });
      const second = await settled(clock, claimDirectory(directory, { clock, onLost: never }));
      assert.instance(second, AuroraError, 'it was let in');
      assert.match((second as AuroraError).message, 'process 1 of elsewhere.example.com');
      assert.is(claims(directory).length, 1);
      first.release();
    }));

  test(`${name}: when its heart stands still the directory is free, after a while`, () =>
    inDirectory(async (directory) => {
      const theirs = manualClock();
      const ours = manualClock();
      const lost: AuroraError[] = [];
      const first = await claimDirectory(directory, {
        clock: theirs,
        onLost: (error) => lost.push(error),
        owner: ownerAt(change),
      });
      const startMs = ours.monotonicMs();
      const second = await settled(ours, claimDirectory(directory, { clock: ours, onLost: never }));
      assert.not.instance(second, AuroraError);
      assert.ok(ours.monotonicMs() - startMs >= 15_000, 'it was waited for');
      // It only hung, and comes back: it writes no more.
      theirs.advance(60_000);
      assert.is(first.held(), false);
      assert.is(lost.length, 1);
      (second as { release(): void }).release();
    }));
}

test('one that hung looks before its next write, even when its timers have not run', () =>
  inDirectory(async (directory) => {
    let skippedMs = 0;
    const inner = manualClock();
    const clock = { ...inner, monotonicMs: () => inner.monotonicMs() + skippedMs };
    let lost = 0;
    const claim = await claimDirectory(directory, { clock, onLost: () => void lost++ });
    assert.ok(claim.held());
    for (const name of claims(directory)) rmSync(join(directory, name));
    assert.ok(claim.held(), 'no look is made while the heart beats');
    skippedMs = 60_000;
    assert.not(claim.held());
    assert.is(lost, 1);
  }));

test('a claim that has just been made, and does not say yet whose it is, is waited for', () =>
  inDirectory(async (directory) => {
    writeFileSync(join(directory, 'claim-00000000-0000-4000-8000-000000000000'), '');
    const clock = manualClock();
    const claim = await settled(clock, claimDirectory(directory, { clock, onLost: never }));
    assert.not.instance(claim, AuroraError);
    assert.is(claims(directory).length, 1);
    (claim as { release(): void }).release();
  }));

const canMakeNamespaces = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

if (canMakeNamespaces)
  test(
    'a scheduler in a real second pid namespace does not get in',
    () =>
      inDirectory(async (directory) => {
        const script = join(directory, 'claim.mjs');
        writeFileSync(
          script,
          `import { claimDirectory } from '${resolve('src/proc/directory-claim.ts')}';
         import { systemClock } from '${resolve('src/base/clock.ts')}';
         claimDirectory(process.argv[2], { clock: systemClock, onLost() {} }).then(
           () => console.log('HELD ' + process.pid),
           (error) => { console.log(error.message); process.exit(3); });`,
        );
        const data = join(directory, 'data');
        const node = [process.execPath, '--import', resolve('scripts/ts-loader.js'), script, data];
        const first = spawn('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', ...node], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        try {
          await new Promise<void>((held, failed) => {
            first.stdout.on('data', (text) => String(text).startsWith('HELD') && held());
            first.on('exit', () => failed(new Error('the first one ended')));
          });
          const [name] = claims(data);
          assert.match(readFileSync(join(data, name as string), 'utf8'), '"pidNamespace":"pid:[');
          const second = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', ...node], {
            encoding: 'utf8',
          });
          assert.is(second.status, 3, second.stdout);
          assert.match(second.stdout, 'in use by process');
          count('directory claims across real pid namespaces', 1);
        } finally {
          first.kill('SIGKILL');
        }
      }),
    60_000,
  );

test.run();
