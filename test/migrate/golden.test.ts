/** Every golden file of the original, moved by the tool alone, is what the original makes of it, or is refused as there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { assertConverted, assertRefused, expectations } from '../dsl/golden-cases.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('golden/dsl, moved by the tool');
const originals = fileURLToPath(new URL('../golden/dsl/', import.meta.url));

let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-migrate-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

const counts = { converted: 0, refused: 0, files: 0 };

for (const expected of expectations) {
  test(expected.id, async () => {
    const out = join(folder, expected.id);
    const files = migrate([join(originals, `${expected.id}.aurora`)], { out });
    for (const { target, text } of files) {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    assert.equal(
      files.flatMap(({ places }) => places).filter(({ weight }) => weight === 'open'),
      [],
    );
    const file = await loadJobs(join(out, `${expected.id}.aurora.ts`), { binds: expected.binds });
    if (expected.outcome === 'ok') counts.converted += assertConverted(file, expected);
    else counts.refused += assertRefused(file, expected, `${expected.id}.aurora.ts`);
    counts.files++;
  });
}

test('all cases were there', () => {
  assert.is(counts.files, 43);
  assert.is(counts.converted, 98);
  count('golden/dsl files moved by the tool', counts.files);
  count('golden/dsl jobs moved by the tool and converted', counts.converted);
  count('golden/dsl jobs moved by the tool and refused', counts.refused);
});

test.run();
