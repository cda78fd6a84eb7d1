/** Where JavaScript and modules mean something else than Python, the output does what Python did, or the place is marked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { migrate } from '../../src/migrate/migrate.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('what the tool does not guess');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-migrate-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Moves files of one folder; the last one is asked for. */
function moved(files: Readonly<Record<string, string>>) {
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const all = migrate(paths.slice(-1), { out: join(folder, 'out') });
  const file = all.find(({ asked }) => asked) as (typeof all)[number];
  return {
    text: file.text,
    places: file.places,
    marks: file.places.map(({ line, weight }) => `${line} ${weight}`),
  };
}

/** What a file without imports has in its name `said`, when it is run. */
function said(python: string): unknown {
  const { text, places } = moved({ 'said.inc': python });
  assert.equal(places, []);
  const { code } = transformSync(text, { loader: 'ts', format: 'cjs' });
  const module = { exports: {} as { readonly said?: unknown } };
  new Function('module', 'exports', code)(module, module.exports);
  return module.exports.said;
}

test('a name that functions of an included file read must not be bound anew', () => {
  const shared = 'name = "a"\ndef greet():\n  return "hello " + name\n';
  const { text, marks } = moved({
    'shared.inc': shared,
    'web.aurora': "include('shared.inc')\nname = 'b'\n",
  });
  assert.equal(marks, ['2 open']);
  assert.match(text, /untranslated\(\s*.line 2: .*name is bound anew, and shared\.inc reads it, too/);
});

test('a name that nobody else reads is simply bound anew', () => {
  const shared = 'name = "a"\n';
  const plain = moved({ 'shared.inc': shared, 'web.aurora': "include('shared.inc')\nname = 'b'\n" });
  assert.equal(plain.marks, []);
  assert.match(plain.text, "const name = 'b';");
  const longer = moved({ 'shared.inc': shared, 'web.aurora': "include('shared.inc')\nname = name + 'b'\n" });
  assert.equal(longer.marks, []);
  assert.match(longer.text, /let name: any = includedName;\n+name = /);
  const once = moved({
    'shared.inc': shared,
    'web.aurora': "include('shared.inc')\nif 1 > 2:\n  name = 'b'\nsaid = name\n",
  });
  assert.is(once.text.split('let name').length, 2, once.text);
});

test('keys that look like numbers stay where they were written', () => {
  assert.is(
    said("d = {'b': 1, '2': 2, '1': 3}\nsaid = ' '.join(['%s=%s' % (k, v) for k, v in d.items()])\n"),
    '1=3 2=2 b=1',
  );
  assert.is(
    said("d = {'10': 'x', '9': 'y'}\nsaid = d['9'] + ' '.join(sorted(d)) + d.get('7', 'z')\n"),
    'y10 9z',
  );
});

test('the order of a dictionary that grows is marked where it counts, and only there', () => {
  const grown = "d = {}\nfor k in ['9', '3']:\n  d[k] = 1\n";
  assert.equal(moved({ 'web.aurora': `${grown}said = ' '.join(d)\n` }).marks, ['1 note']);
  assert.equal(moved({ 'web.aurora': `${grown}said = [v for k, v in d.items()]\n` }).marks, ['1 note']);
  assert.equal(moved({ 'web.aurora': `${grown}said = sorted(d.items())\n` }).marks, []);
  assert.equal(moved({ 'web.aurora': `${grown}said = len(d)\n` }).marks, []);
});

test('a whole float among other values is marked where it becomes a text', () => {
  const { marks } = moved({ 'web.aurora': "said = [str(v) for v in [1.0, 2, 'x']]\n" });
  assert.equal(marks, ['1 note']);
});

test('the else of a loop runs when the loop was not left', () => {
  const find = (list: string) =>
    `said = ''\nfor i in ${list}:\n  if i == 2:\n    said = 'found'\n    break\nelse:\n  said = 'none'\n`;
  assert.is(said(find('[1, 2, 3]')), 'found');
  assert.is(said(find('[1, 3]')), 'none');
  const inner =
    'said = 0\nfor a in [1, 2]:\n  for b in [1, 2]:\n    if b == a:\n      break\n    said = said + 10\n  else:\n    said = 99\n  said = said + 1\n';
  assert.is(said(inner), 12);
  assert.is(said('said = 3\nwhile said > 1:\n  said = said - 1\nelse:\n  said = 7\n'), 7);
});

test('the else of a try runs when nothing was thrown, before its finally', () => {
  const attempt = (text: string) =>
    `said = ''\ntry:\n  n = int('${text}')\nexcept ValueError:\n  said = said + 'caught '\nelse:\n  said = said + 'went '\nfinally:\n  said = said + 'end'\n`;
  assert.is(said(attempt('1')), 'went end');
  assert.is(said(attempt('x')), 'caught end');
});

test.run();
