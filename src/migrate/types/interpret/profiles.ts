import type { Expr, Stmt } from '../../python/syntax.ts';
import type { Knowledge, ProfileField } from '../knowledge.ts';
import { lookup, type PythonScope } from '../scopes.ts';
import { kind, type PythonKind, parts } from '../value.ts';
import { bind } from './containers.ts';
import type { Interpreter, PythonCall } from './interpreter.ts';

/** How a field of a profile was declared: `Default(String, 'x')`, `Required(List(Integer))`, `Limits`. */
function profileField(value: Expr): ProfileField {
  if (value.t === 'name') return { type: value.id, of: undefined, default: undefined };
  if (value.t !== 'call' || value.fn.t !== 'name') return { type: 'any', of: undefined, default: undefined };
  const inside = value.args.map(({ value: arg }) => arg);
  const id = value.fn.id;
  if (id === 'Required' || id === 'Default') {
    const declared = inside[0] ? profileField(inside[0]) : { type: 'any', of: undefined };
    return { type: declared.type, of: declared.of, default: id === 'Default' ? inside[1] : undefined };
  }
  const last = inside.at(-1);
  return { type: id, of: last?.t === 'name' ? last.id : undefined, default: undefined };
}

/** A class is defined; one that is a Struct of the schema language is a profile. */
export function profileClass(run: Interpreter, stmt: Stmt & { t: 'class' }, scope: PythonScope): void {
  const { known } = run;
  const own = lookup(scope, stmt.name);
  const [base] = stmt.bases;
  const above = base ? run.evaluate(base, scope) : kind();
  const inherited = parts(above, 'profile')[0]?.name;
  const isStruct = parts(above, 'builtin').some(({ name: id }) => id === 'Struct') || inherited !== undefined;
  if (!own || !isStruct) {
    if (own) known.learn(known.nameKind(own), kind('any'));
    return;
  }
  if (!known.profiles.has(stmt.name)) {
    const fields = new Map<string, ProfileField>(inherited ? known.profiles.get(inherited)?.fields : []);
    if (!inherited)
      for (const line of stmt.body) {
        if (line.t !== 'assign' || line.targets[0]?.t !== 'name') continue;
        fields.set(line.targets[0].id, profileField(line.value));
      }
    known.profiles.set(stmt.name, {
      name: stmt.name,
      fields,
      given: new Map(),
      required: undefined,
      base: inherited,
    });
    known.news = true;
  }
  for (const line of stmt.body) if (line.t === 'assign') run.evaluate(line.value, scope);
  known.learn(known.nameKind(own), known.named('profile', stmt.name));
}

/** A profile is made, or made again with other fields. */
export function profileCall(known: Knowledge, id: string, { node, given }: PythonCall): PythonKind {
  const profile = known.profiles.get(id);
  node.args.forEach((arg, index) => {
    if (!profile) return;
    if (arg.name) known.add(profile.given, arg.name, given[index] as PythonKind);
    else if (arg.star === '**')
      for (const part of parts(given[index] as PythonKind, 'dict'))
        for (const [key, value] of part.props) known.add(profile.given, key, value);
  });
  for (const value of given) bind(known, value);
  if (profile && node.fn.t === 'name' && !node.args.some(({ star }) => star !== '')) {
    const names = new Set(node.args.flatMap(({ name: own }) => (own ? [own] : [])));
    const isClass = parts(known.kinds.get(node.fn) ?? kind(), 'profile').length > 0;
    if (isClass)
      profile.required = profile.required
        ? new Set([...profile.required].filter((one) => names.has(one)))
        : names;
  } else if (profile && node.args.some(({ star }) => star !== '')) profile.required = new Set();
  return kind(`profile:${id}`);
}
