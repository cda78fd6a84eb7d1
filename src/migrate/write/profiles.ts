import { call, object } from '../layout/code.ts';
import { type Doc, group, hard, indent } from '../layout/doc.ts';
import type { Stmt } from '../python/syntax.ts';
import type { ProfileClass, ProfileField } from '../types/knowledge.ts';
import type { PythonScope } from '../types/scopes.ts';
import { kind as kindOf } from '../types/value.ts';
import { merged, typeText } from './annotations.ts';
import type { Writing } from './context.ts';
import { keyText, propertyDoc } from './keys.ts';
import { profileValue } from './structs.ts';

const TYPES: Readonly<Record<string, string>> = {
  String: 'string',
  Integer: 'number | string',
  Float: 'number | FloatNumber | string',
  Boolean: 'boolean | string',
};

/** Writes a class of settings as a function that makes a profile; undefined for any other class. */
export function profileClass(
  writing: Writing,
  stmt: Stmt & { t: 'class' },
  scope: PythonScope,
  exported: boolean,
): readonly Doc[] | undefined {
  const profile = writing.inference.profiles.get(stmt.name);
  if (!profile) return undefined;
  const local = writing.local(stmt.name, scope) ?? stmt.name;
  const start = `${exported ? 'export ' : ''}const ${local} = `;
  if (profile.base) return [`${start}${writing.local(profile.base, scope) ?? profile.base};`];
  const own = writing.module.scopes.of.get(stmt) as PythonScope;
  const required = profile.required ?? new Set<string>();
  const types = [...profile.fields].map(([id, field]): Doc => {
    const must = field.default === undefined && required.has(id);
    return [keyText(id), must ? ': ' : '?: ', fieldType(writing, profile, id, field), ';'];
  });
  const defaults = [...profile.fields].flatMap(([id, field]): { doc: Doc }[] => {
    if (field.default) return [{ doc: propertyDoc(id, profileValue(writing, field, field.default, own)) }];
    if (required.has(id)) return [];
    return [
      { doc: [keyText(id), ': undefined as ', fieldType(writing, profile, id, field), ' | undefined'] },
    ];
  });
  const isOptional = ![...profile.fields].some(
    ([id, field]) => field.default === undefined && required.has(id),
  );
  const body = call(writing.use('Profile'), [object([...defaults, { doc: '...given' }])]);
  const given: Doc =
    types.length === 0
      ? '{}'
      : ['{', indent([hard, types.flatMap((doc, index) => (index === 0 ? [doc] : [hard, doc]))]), hard, '}'];
  const comments = writing.comments(stmt.from, stmt.to).map(({ text }) => text);
  return [
    ...comments,
    [start, '(given: ', given, isOptional ? ' = {}' : '', ') =>', group(indent([hard, body.doc])), ';'],
  ];
}

function fieldType(writing: Writing, profile: ProfileClass, id: string, field: ProfileField): string {
  if (field.type === 'Float') {
    const type = writing.useType('FloatNumber');
    return `number | ${type} | string`;
  }
  const simple = TYPES[field.type];
  if (simple) return simple;
  if (field.type === 'List') return 'readonly any[]';
  if (field.type === 'Map') return 'ReadonlyMap<string, any>';
  const local = writing.local(field.type, writing.module.scopes.file);
  if (local && writing.inference.profiles.has(field.type)) return `ReturnType<typeof ${local}>`;
  const given = profile.given.get(id);
  return typeText(writing, given ? merged([given]) : kindOf('any'));
}
