/** Random programs of the supported Python give the same job through the tool as through an evaluation written here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { assert, count, suite } from '../harness/index.ts';

type Value = number | string | boolean | readonly Value[];
type Variables = Map<string, Value>;
/** A piece of Python, and what it does. */
interface Piece<T extends Value> {
  readonly python: string;
  readonly run: (variables: Variables) => T;
}

const floorDivide = (a: number, b: number) => Math.floor(a / b);
const remainder = (a: number, b: number) => a - b * Math.floor(a / b);
const piece = <T extends Value>(python: string, run: (variables: Variables) => T): Piece<T> => ({
  python,
  run,
});
/** As Python shows a value in a text. */
const shown = (value: Value): string =>
  typeof value === 'boolean'
    ? value
      ? 'True'
      : 'False'
    : Array.isArray(value)
      ? `[${value.map(quoted).join(', ')}]`
      : String(value);
function quoted(value: Value): string {
  if (typeof value !== 'string') return shown(value);
  const text = value.replaceAll('\\', '\\\\');
  if (!text.includes("'")) return `'${text}'`;
  return text.includes('"') ? `'${text.replaceAll("'", "\\'")}'` : `"${text}"`;
}

const word = fc.constantFrom('web', 'db', 'a-b', 'x y', '', 'Left');
const { number, text, list, truth } = fc.letrec<{
  number: Piece<number>;
  text: Piece<string>;
  list: Piece<readonly string[]>;
  truth: Piece<boolean>;
}>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 30 }).map((value) => piece(String(value), () => value)),
    fc.constantFrom('n', 'm').map((id) => piece(id, (variables) => variables.get(id) as number)),
    fc
      .tuple(
        fc.constantFrom('+', '-', '*', '//', '/', '%'),
        tie('number'),
        tie('number'),
        fc.integer({ min: 1, max: 9 }),
      )
      .map(([op, a, b, safe]) => {
        const isDivision = op === '/' || op === '//' || op === '%';
        const right = isDivision
          ? piece(op === '%' ? `-${safe}` : String(safe), () => (op === '%' ? -safe : safe))
          : b;
        return piece(`(${a.python} ${op} ${right.python})`, (variables) => {
          const [left, other] = [a.run(variables), right.run(variables)];
          if (op === '+') return left + other;
          if (op === '-') return left - other;
          if (op === '*') return left * other;
          return op === '%' ? remainder(left, other) : floorDivide(left, other);
        });
      }),
    tie('list').map((all) => piece(`len(${all.python})`, (variables) => all.run(variables).length)),
    fc
      .tuple(tie('truth'), tie('number'), tie('number'))
      .map(([test, a, b]) =>
        piece(`(${a.python} if ${test.python} else ${b.python})`, (v) => (test.run(v) ? a.run(v) : b.run(v))),
      ),
  ),
  text: fc.oneof(
    { maxDepth: 3 },
    word.map((value) => piece(`'${value}'`, () => value)),
    fc.constantFrom('s', 't').map((id) => piece(id, (variables) => variables.get(id) as string)),
    fc
      .tuple(tie('text'), tie('text'))
      .map(([a, b]) => piece(`(${a.python} + ${b.python})`, (v) => a.run(v) + b.run(v))),
    fc
      .tuple(tie('text'), tie('number'), tie('truth'))
      .map(([a, b, c]) =>
        piece(
          `('%s-%d/%s' % (${a.python}, ${b.python}, ${c.python}))`,
          (v) => `${a.run(v)}-${b.run(v)}/${shown(c.run(v))}`,
        ),
      ),
    fc
      .tuple(tie('text'), tie('number'))
      .map(([a, b]) =>
        piece(`'{}:{{}}{}'.format(${a.python}, ${b.python})`, (v) => `${a.run(v)}:{}${b.run(v)}`),
      ),
    tie('number').map((a) => piece(`('%03d' % ${a.python})`, (v) => zeros(a.run(v)))),
    tie('list').map((all) => piece(`','.join(${all.python})`, (v) => all.run(v).join(','))),
    tie('list').map((all) => piece(`str(${all.python})`, (v) => shown(all.run(v)))),
    tie('text').map((a) => piece(`${a.python}.upper()[1:]`, (v) => a.run(v).toUpperCase().slice(1))),
    fc
      .tuple(tie('text'), tie('text'))
      .map(([a, b]) => piece(`(${a.python} or ${b.python})`, (v) => a.run(v) || b.run(v))),
  ),
  list: fc.oneof(
    { maxDepth: 3 },
    fc
      .array(tie('text'), { maxLength: 3 })
      .map((all) =>
        piece(`[${all.map(({ python }) => python).join(', ')}]`, (v) => all.map((one) => one.run(v))),
      ),
    fc.constant(piece('xs', (v) => v.get('xs') as readonly string[])),
    fc
      .tuple(tie('list'), tie('list'))
      .map(([a, b]) => piece(`(${a.python} + ${b.python})`, (v) => [...a.run(v), ...b.run(v)])),
    tie('list').map((all) =>
      piece(`[e.lower() + '!' for e in ${all.python} if e]`, (v) =>
        all
          .run(v)
          .filter(Boolean)
          .map((one) => `${one.toLowerCase()}!`),
      ),
    ),
    tie('list').map((all) => piece(`sorted(${all.python})`, (v) => [...all.run(v)].sort())),
    tie('list').map((all) => piece(`${all.python}[::-1]`, (v) => [...all.run(v)].reverse())),
    fc
      .integer({ min: 0, max: 4 })
      .map((n) =>
        piece(`['p%d' % i for i in range(${n})]`, () => Array.from({ length: n }, (_, i) => `p${i}`)),
      ),
    tie('list').map((all) =>
      piece(`['%s%d' % (e, i) for i, e in enumerate(${all.python})]`, (v) =>
        all.run(v).map((one, i) => `${one}${i}`),
      ),
    ),
  ),
  truth: fc.oneof(
    { maxDepth: 3 },
    fc.boolean().map((value) => piece(value ? 'True' : 'False', () => value)),
    fc
      .tuple(tie('number'), tie('number'), tie('number'))
      .map(([a, b, c]) =>
        piece(
          `(${a.python} < ${b.python} <= ${c.python})`,
          (v) => a.run(v) < b.run(v) && b.run(v) <= c.run(v),
        ),
      ),
    fc
      .tuple(tie('text'), tie('list'))
      .map(([a, all]) => piece(`(${a.python} in ${all.python})`, (v) => all.run(v).includes(a.run(v)))),
    fc
      .tuple(tie('text'), tie('text'))
      .map(([a, b]) => piece(`(${a.python} == ${b.python})`, (v) => a.run(v) === b.run(v))),
    tie('list').map((all) => piece(`(not ${all.python})`, (v) => all.run(v).length === 0)),
    fc
      .tuple(tie('truth'), tie('truth'))
      .map(([a, b]) => piece(`(not ${a.python} or ${b.python})`, (v) => !a.run(v) || b.run(v))),
  ),
}));
const zeros = (value: number) =>
  value < 0 ? `-${String(-value).padStart(2, '0')}` : String(value).padStart(3, '0');

/** Statements, each a few lines. */
const statement: fc.Arbitrary<Piece<number>> = fc.oneof(
  fc
    .tuple(fc.constantFrom('s', 't'), text)
    .map(([id, a]) => piece(`${id} = ${a.python}`, (v) => Number(v.set(id, a.run(v)).size))),
  fc
    .tuple(fc.constantFrom('n', 'm'), number)
    .map(([id, a]) =>
      piece(`${id} = ${a.python} % 1000`, (v) => Number(v.set(id, remainder(a.run(v), 1000)).size)),
    ),
  text.map((a) =>
    piece(`xs.append(${a.python})`, (v) =>
      Number(v.set('xs', [...(v.get('xs') as string[]), a.run(v)]).size),
    ),
  ),
  fc
    .tuple(truth, text, text)
    .map(([test, a, b]) =>
      piece(`if ${test.python}:\n  s = ${a.python}\nelse:\n  t = ${b.python}`, (v) =>
        Number(test.run(v) ? v.set('s', a.run(v)).size : v.set('t', b.run(v)).size),
      ),
    ),
  fc.tuple(list, text).map(([all, a]) =>
    piece(`for e in list(${all.python}):\n  if not e: continue\n  s = e + ${a.python}[:3]\n  n += 1`, (v) => {
      for (const one of [...all.run(v)]) {
        if (one === '') continue;
        v.set('s', one + a.run(v).slice(0, 3));
        v.set('n', (v.get('n') as number) + 1);
      }
      return 0;
    }),
  ),
);

const test = suite('random Python programs');
const RUNS = 15;

test('come to the same job', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-random-'));
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement, { minLength: 1, maxLength: 6 }),
        text,
        list,
        async (statements, a, b) => {
          const variables: Variables = new Map<string, Value>([
            ['n', 3],
            ['m', 7],
            ['s', 'seed'],
            ['t', ''],
            ['xs', ['one']],
          ]);
          for (const one of statements) one.run(variables);
          const wanted = ['n', 'm', 's', 't', 'xs'].map((id) => shown(variables.get(id) as Value));
          wanted.push(a.run(variables), shown(b.run(variables)));
          const file = join(folder, `p${run++}.aurora`);
          writeFileSync(
            file,
            [
              "n = 3\nm = 7\ns = 'seed'\nt = ''\nxs = ['one']",
              ...statements.map(({ python }) => python),
              `said = '%s|%s|%s|%s|%s|%s|%s' % (n, m, s, t, xs, ${a.python}, ${b.python})`,
              "jobs = [Job(cluster='c', role='r', environment='test', name='j', task=SimpleTask('p', said))]",
            ].join('\n'),
          );
          const [moved] = migrate([file]);
          assert.equal(
            moved?.places.filter(({ weight }) => weight === 'open'),
            [],
          );
          writeFileSync(moved?.target ?? '', moved?.text ?? '');
          const { jobs } = await loadJobs(moved?.target ?? '');
          const task = jobs[0]?.node.fields.task as unknown as {
            fields: { processes: readonly { fields: { cmdline: string } }[] };
          };
          assert.is(task.fields.processes[0]?.fields.cmdline, wanted.join('|'), moved?.text);
        },
      ),
      { numRuns: RUNS },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  count('random Python programs that came to the same job', run);
});

test.run();
