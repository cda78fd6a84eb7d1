import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, count, suite } from '../harness/index.ts';
import { withBug } from './plant.ts';
import { PLANTED } from './planted.ts';

/** A bug that needs more seeds than this to show would get through. */
const ENOUGH_SEEDS = 150;
/** Bugs that one run looks for: a third of them, another third each day; AURORA_PLANTED=all takes them all. */
const PARTS = 3;
const test = suite('planted bugs');
const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

const names = Object.keys(PLANTED);
const part = Math.floor(Date.now() / 86_130_000) % PARTS;
const today = process.env.AURORA_PLANTED === 'all' ? names : names.filter((_, at) => at % PARTS === part);

/** A process of its own, which has loaded nothing yet. */
async function found(name: string): Promise<{ readonly seed: number; readonly violation: string } | null> {
  const program = ['--import', './scripts/ts-loader.js', 'test/simulation/find-planted.ts'];
  const { stdout } = await run(process.execPath, [...program, name, String(ENOUGH_SEEDS)], { cwd: ROOT });
  return JSON.parse(stdout);
}

test('every bug is in a line that the product has', () => {
  for (const bug of Object.values(PLANTED)) assert.ok(withBug(bug).includes(bug.put));
  assert.ok(names.length >= 15, `${names.length} planted bugs`);
});

for (const name of today)
  test(`${name} is found`, async () => {
    const first = await found(name);
    assert.ok(first, `not within ${ENOUGH_SEEDS} seeds`);
    assert.match(first.violation, PLANTED[name]!.said);
    count('planted bugs found', 1);
  }, 130_000);

test.run();
