/** Whatever the tool writes passes the type check of a strict project, and is laid out as its pages are. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typecheck } from '../../src/dsl/load/typecheck.ts';
import { type MigratedFile, migrate } from '../../src/migrate/migrate.ts';
import { writeMigrated } from '../../src/migrate/write-files.ts';
import { expectations } from '../dsl/golden-cases.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('what the tool writes');
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const positives = new Set(
  expectations.filter(({ outcome }) => outcome === 'ok').map(({ id }) => `${id}.aurora`),
);
/** The original cannot read these. */
const BROKEN = new Set(['syntax.aurora', 'undefined.aurora']);
const SOURCES: readonly (readonly [folder: string, wanted: (name: string) => boolean])[] = [
  [here('../golden/dsl'), (name) => positives.has(name)],
  [here('../golden/client/fixtures'), (name) => name.endsWith('.aurora') && !BROKEN.has(name)],
  [here('./files'), (name) => name.endsWith('.aurora')],
];

const written: MigratedFile[] = [];
let folder = '';
test.before(() => {
  // outside of this project, whose settings are its own; its compiler and Node's types are taken
  folder = mkdtempSync(join(tmpdir(), 'aurora-outputs-'));
  symlinkSync(here('../../node_modules'), join(folder, 'node_modules'));
  for (const [number, [source, wanted]] of SOURCES.entries())
    for (const name of readdirSync(source).filter(wanted)) {
      const files = migrate([join(source, name)], { out: join(folder, String(number), name) });
      writeMigrated(files, false);
      written.push(...files);
    }
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('all of it passes the type check', () => {
  const [first = '', ...others] = written.map(({ target }) => target);
  const mistakes = typecheck(first, ...others).map(
    ({ text, position }) => `${position?.file.slice(folder.length)}:${position?.line}: ${text}`,
  );
  assert.equal(mistakes, []);
  assert.ok(written.length >= 100, String(written.length));
  count('files written by the tool that pass the type check', written.length);
});

test('lines are indented by two, end where their text does, and are as long as the width allows', () => {
  for (const { target, text } of written) {
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), target);
    let inTemplate = false;
    for (const line of text.split('\n')) {
      const ticks = line.split('`').length - 1;
      const isCode = !inTemplate;
      if (ticks % 2 === 1) inTemplate = !inTemplate;
      if (!isCode || ticks > 0 || line.startsWith(' *')) continue;
      const where = `${target.slice(folder.length)}: ${line}`;
      assert.is(line, line.trimEnd(), where);
      assert.is(/^ */.exec(line)?.[0].length ?? 0, (/^ */.exec(line)?.[0].length ?? 0) & ~1, where);
      assert.ok(line.length <= 120 || /['"/]/.test(line), where);
    }
  }
});

test.run();
