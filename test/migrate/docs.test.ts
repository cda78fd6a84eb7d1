/** The pairs of docs/migrate.md are what the tool makes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/migrate/migrate.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('docs/migrate.md');

test('every file comes out as the page shows it', () => {
  const page = readFileSync(new URL('../../docs/migrate.md', import.meta.url), 'utf8');
  const pairs = [...page.matchAll(/```python\n([\s\S]*?)```\n\n```ts\n([\s\S]*?)```/g)];
  assert.is(pairs.length, 3);
  const folder = mkdtempSync(join(tmpdir(), 'aurora-migrate-'));
  try {
    const file = join(folder, 'one.aurora');
    for (const [, original = '', translated] of pairs) {
      writeFileSync(file, original);
      assert.is(migrate([file])[0]?.text, translated);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
