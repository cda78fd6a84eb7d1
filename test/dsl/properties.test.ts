import fc from 'fast-check';
import { AuroraError } from '../../src/base/errors.ts';
import { convert } from '../../src/dsl/convert/convert.ts';
import { Job, Profile } from '../../src/dsl/index.ts';
import { convertJob, loadedJob } from '../../src/dsl/load/loaded-job.ts';
import { describer } from '../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../src/dsl/schema/node.ts';
import { STRUCTS } from '../../src/dsl/schema/table.ts';
import { isTemplateFault } from '../../src/dsl/template/fault.ts';
import { interpolate } from '../../src/dsl/template/interpolate.ts';
import { type Scope, structScopes } from '../../src/dsl/template/scopes.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('properties of the language');

const nowhere = { original: () => undefined, of: () => undefined };
const nodeOf = (job: Job): StructNode => describer()(job) as StructNode;

/** Text that is likely to hold references, good and bad ones. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '{{a}}',
    '{{a.b[0]}}',
    '{{mesos.instance}}',
    '{{thermos.ports[http]}}',
    '{{ x }}',
    '{{&a}}',
  ),
  fc
    .array(fc.constantFrom('{{', '}}', '{', '}', '&', 'a', 'b', '.', '[', ']', '0', ' ', '#', '/'), {
      maxLength: 9,
    })
    .map((parts) => parts.join('')),
);
const anything = fc.letrec((tie) => ({
  leaf: fc.oneof(
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, 'limit:x', '-1'),
  ),
  tree: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('name', 'cmdline', 'http', 'order', 'a', '__proto__'), tie('tree'), {
      maxKeys: 3,
    }),
  ),
})).tree;

/** Jobs with any field set to anything, on top of a job that is fine. */
const fields = fc.record(Object.fromEntries(Object.keys(STRUCTS.Job).map((name) => [name, anything])), {
  requiredKeys: [],
});
const process = fc.record({
  name: fc.oneof(fc.constantFrom('a', 'b'), text),
  cmdline: text,
  final: fc.boolean(),
  daemon: fc.boolean(),
});
const task = fc.record({
  processes: fc.array(process, { minLength: 1, maxLength: 3 }),
  constraints: fc.array(fc.record({ order: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }) }), {
    maxLength: 3,
  }),
  resources: fc.record({ cpu: fc.double({ min: 0, max: 4 }), ram: fc.integer(), disk: fc.constant(2 ** 30) }),
});
const jobs = fc
  .tuple(
    fields,
    fc.option(task, { nil: undefined }),
    fc.dictionary(text, anything, { maxKeys: 3 }),
    fc.boolean(),
  )
  .map(([given, whole, bindings, fine]) => {
    const base = { cluster: 'c', role: 'r', environment: 'test', name: 'n' };
    const all = fine ? { ...base, task: whole } : { ...base, task: whole, ...given };
    return Job(all as never).bind(bindings as never);
  });

test('whatever a job holds, converting it answers or throws an error of the catalogue', () => {
  fc.assert(
    fc.property(jobs, (job) => {
      try {
        convertJob(loadedJob(nodeOf(job), { a: '1' }, nowhere), { user: 'me' });
      } catch (error) {
        assert.ok(error instanceof AuroraError, String(error));
        assert.is(error.code, 'CONFIG');
      }
    }),
    { numRuns: 1500 },
  );
}, 30_000);

test('the same job always becomes the same text', () => {
  fc.assert(
    fc.property(jobs, (job) => {
      const first = convert(nodeOf(job), { user: 'me' });
      const second = convert(structuredClone(nodeOf(job)), { user: 'me' });
      assert.is(JSON.stringify(first), JSON.stringify(second));
    }),
    { numRuns: 300 },
  );
}, 30_000);

const bindings = fc.dictionary(fc.constantFrom('a', 'b', 'c.d', 'e[0]', 'mesos.instance'), text, {
  maxKeys: 5,
});
const scopesOf = (values: Readonly<Record<string, string>>): readonly Scope[] =>
  structScopes(describer()(Profile({}).bind(values)) as StructNode);

test('filling in a settled text again changes nothing, except that an escape loses its next &', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), bindings, (parts, values) => {
      const given = parts.join('');
      fc.pre(![given, ...Object.values(values)].some((one) => one.includes('&')));
      try {
        const scopes = scopesOf(values);
        const once = interpolate(given, scopes);
        assert.equal(interpolate(once.text, scopes), once);
      } catch (thrown) {
        if (!isTemplateFault(thrown)) throw thrown;
      }
    }),
    { numRuns: 1500 },
  );
}, 30_000);

test('text without double braces is left alone', () => {
  fc.assert(
    fc.property(fc.string(), bindings, (given, values) => {
      fc.pre(!given.includes('{{'));
      assert.equal(interpolate(given, scopesOf(values)), { text: given, unbound: [], escaped: [] });
    }),
  );
});

test('text that grows without end is stopped, quickly', () => {
  for (const values of [{ a: '{{a}}{{a}}' }, { a: '{{b}}{{b}}', b: '{{a}}{{a}}' }]) {
    try {
      interpolate('{{a}}', scopesOf(values));
      assert.unreachable();
    } catch (thrown) {
      assert.ok(isTemplateFault(thrown) && thrown.fault === 'endless-template');
    }
  }
});

test.run();
