import { locateField } from '../../src/dsl/load/field-locator.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('finding where a field is written');

/** The field that a path leads to, up to its colon, in a text that begins with the call. */
function found(text: string, ...path: string[]): string | undefined {
  const place = locateField(text, { line: 1, column: 1 }, path);
  if (!place) return undefined;
  const line = text.split('\n')[place.line - 1] as string;
  return line.slice(place.column - 1).split(/[:,}\s]/, 1)[0];
}

test('brackets, braces and commas in strings, templates and comments are text', () => {
  assert.is(found('Job({ a: "}),", b: 1 })', 'b'), 'b');
  assert.is(found("Job({ a: '\\'},', b: 1 })", 'b'), 'b');
  assert.is(found('Job({ a: `}${f({ x: `)` })},`, b: 1 })', 'b'), 'b');
  assert.is(found('Job({ /* }, c: */ a: 1, // b: 2\n b: 3 })', 'b'), 'b');
});

test('so they are in regular expressions', () => {
  assert.is(found('Job({ a: /[/}]\\/,"/g.test(x), b: 1 })', 'b'), 'b');
  assert.is(found('Job({ a: list.map((x) => /{/.exec(x)), b: 1 })', 'b'), 'b');
  assert.is(found('Job({ a: typeof /`/, b: 1 })', 'b'), 'b');
  assert.is(found("Job({ a: x.split(/'/), b: { c: 1 } })", 'b', 'c'), 'c');
});

test('a slash that divides begins none', () => {
  assert.is(found("Job({ a: total / parts, b: '1/2', c: 1 })", 'c'), 'c');
  assert.is(found('Job({ a: f(x) / 2, b: [4][0] / 2, c: 1 })', 'c'), 'c');
  assert.is(found('Job({ a: 6 / 2 })', 'a'), 'a');
});

test('lists are counted, and what is not written out ends the search at the last place known', () => {
  assert.is(found('Task({ list: [x(1, 2), { deep: 1 }] })', 'list', '1', 'deep'), 'deep');
  assert.is(found('Task({ list: [...others, { deep: 1 }] })', 'list', '1', 'deep'), 'list');
  assert.is(found('Task({ list: shared })', 'list', '0'), 'list');
  assert.is(found('Task(fields)', 'list'), undefined);
});

test('methods that end in a keyword do not make what follows a regular expression', () => {
  assert.is(found("Job({ a: it.of / 2, b: '/', c: 1 })", 'c'), 'c');
});

test.run();
