import { fieldKinds, fieldStructs } from '../field-kinds.ts';
import type { Knowledge } from '../knowledge.ts';
import { kind, type PythonKind, parts } from '../value.ts';
import type { PythonCall } from './interpreter.ts';

const FIELD_STRUCTS = fieldStructs();
const FIELD_KINDS = fieldKinds();

/** Marks plain dictionaries in a field as structs of the field's type. */
function nested(known: Knowledge, struct: string, field: string, value: PythonKind): void {
  const type = FIELD_STRUCTS.get(`${struct}.${field}`);
  if (!type) return;
  const all = [...parts(value, 'dict'), ...parts(value, 'list').flatMap((part) => parts(part.of, 'dict'))];
  for (const part of all) {
    known.set(part, 'fields', type);
    for (const [key, inside] of part.props) nested(known, type, key, inside);
  }
}

/** A struct gets fields: dictionaries in them have the fields of the structs that stand there. */
export function structFields(known: Knowledge, struct: string, { node, given }: PythonCall): void {
  node.args.forEach((arg, index) => {
    const value = given[index] as PythonKind;
    if (arg.star === '**' || (arg.star === '' && !arg.name))
      for (const part of parts(value, 'dict')) known.set(part, 'fields', struct);
    else if (arg.name) nested(known, struct, arg.name, value);
  });
}

/** What reading a field of a struct gives. */
export function fieldRead(object: PythonKind, field: string): PythonKind {
  const [one = ''] = object.words;
  const type = FIELD_KINDS.get(`${one.slice('struct:'.length)}.${field}`);
  return type ? kind(type) : kind('any');
}
