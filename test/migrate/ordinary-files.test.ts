/**
 * Job files as people write them, moved by the tool, are what Python and pystachio made of them. What those said was
 * recorded with `--with-python` (pystachio 0.8.5 under Python 2.7, 0.8.10 under Python 3.8 for the files named py3).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readExpected } from '../../src/client/expected-jobs.ts';
import { proveMigration } from '../../src/client/prove-migration.ts';
import type { Session } from '../../src/client/session.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { originalPlaces } from '../../src/migrate/original-places.ts';
import { writeMigrated } from '../../src/migrate/write-files.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('ordinary job files, moved by the tool');
const originals = fileURLToPath(new URL('./files/', import.meta.url));
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-migrate-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

let [files, jobs] = [0, 0];
for (const file of readdirSync(originals).filter((name) => name.endsWith('.aurora'))) {
  const name = file.replace('.aurora', '');
  test(name, async () => {
    const source = join(originals, file);
    const moved = migrate([source], { out: join(folder, name) });
    assert.equal(
      moved.flatMap(({ places }) => places).filter(({ weight }) => weight === 'open'),
      [],
    );
    writeMigrated(moved, false);
    const truth = readExpected(readFileSync(join(originals, 'expected', `${name}.json`), 'utf8'), name);
    let said = '';
    const session = {
      env: { LOGNAME: 'alice' },
      print: (text: string) => (said += text),
    } as unknown as Session;
    const target = moved.find(({ asked }) => asked)?.target ?? '';
    const one = { target, originalPlaces: (field: string) => originalPlaces([source], field) };
    const { same, different } = await proveMigration(session, [one], { jobs: truth }, {});
    assert.equal({ same, different }, { same: truth.length, different: 0 }, said);
    files++;
    jobs += same;
  });
}

test('all of them were there', () => {
  count('ordinary job files moved by the tool', files);
  count('jobs of ordinary job files, as Python has them', jobs);
  assert.ok(files >= 59, String(files));
  assert.ok(jobs >= 100, String(jobs));
});

test.run();
