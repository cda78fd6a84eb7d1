import {
  asBool,
  asBytes,
  asDouble,
  asElements,
  asI32,
  asI64,
  asNumber,
  asObject,
  asText,
  onlyMember,
} from '../checks.ts';
import { base64Of, doubleText } from '../json-values.ts';
import type { Lasting } from '../lasting.ts';
import {
  type ListShape,
  type MapShape,
  type Shape,
  type StructShape,
  typeShape,
  type UnionShape,
} from '../shapes.ts';
import { type EncodingTrail, encodingTrail } from '../trail.ts';
import type { TypeName, Wire } from '../types.ts';

/**
 * Writes one struct or union as TJSON text without blanks, as streaming readers in the field require. Only set members
 * are written, no defaults are filled in. Throws a CODEC error when a value does not fit its type.
 */
export const encodeTJson = <N extends TypeName>(name: N, value: Wire<N>, lasting?: Lasting<string>): string =>
  membersText(typeShape(name), value, encodingTrail(name, lasting));

export function membersText(
  shape: StructShape | UnionShape,
  value: unknown,
  trail: EncodingTrail<string>,
): string {
  const { lasting } = trail;
  if (lasting?.type !== shape.name) return eachText(shape, value, trail);
  const known = lasting.encoded.get(value as object);
  if (known !== undefined) return known;
  const text = eachText(shape, value, trail);
  lasting.encoded.set(value as object, text);
  return text;
}

/** Nearly all texts consist of these characters only, which need no escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

function eachText(shape: StructShape | UnionShape, value: unknown, trail: EncodingTrail<string>): string {
  const members = asObject(value, trail);
  const fields = shape.kind === 'union' ? [onlyMember(shape, members, trail)] : shape.fields;
  const level = trail.depth++;
  let text = '';
  for (const field of fields) {
    const member = members[field.name];
    if (member === undefined || member === null) continue;
    trail.steps[level] = field.name;
    text += `${text === '' ? '' : ','}${field.jsonHead}${valueText(field.shape, member, trail)}}`;
  }
  trail.depth = level;
  return `{${text}}`;
}

function valueText(shape: Shape, value: unknown, trail: EncodingTrail<string>): string {
  switch (shape.kind) {
    case 'string':
      return quoted(asText(value, trail));
    case 'i32':
      return String(asI32(value, trail));
    case 'struct':
    case 'union':
      return membersText(shape, value, trail);
    case 'enum':
      return String(asNumber(value, shape, trail));
    case 'i64':
      return String(asI64(value, trail));
    case 'bool':
      return asBool(value, trail) ? '1' : '0';
    case 'double':
      return doubleText(asDouble(value, trail));
    case 'binary':
      return `"${base64Of(asBytes(value, trail)).replace(/=+$/, '')}"`;
    case 'map':
      return mapText(shape, value, trail);
    default:
      return elementsText(shape, value, trail);
  }
}

function elementsText({ element }: ListShape, value: unknown, trail: EncodingTrail<string>): string {
  const elements = asElements(value, trail);
  const level = trail.depth++;
  let text = `["${element.wire.tag}",${elements.length}`;
  for (let index = 0; index < elements.length; index++) {
    trail.steps[level] = index;
    text += `,${valueText(element, elements[index], trail)}`;
  }
  trail.depth = level;
  return `${text}]`;
}

function mapText({ value: shape }: MapShape, value: unknown, trail: EncodingTrail<string>): string {
  const map = asObject(value, trail);
  const keys = Object.keys(map);
  const level = trail.depth++;
  const entries = keys.map((key) => {
    trail.steps[level] = key;
    return `${quoted(key)}:${valueText(shape, map[key], trail)}`;
  });
  trail.depth = level;
  return `["str","${shape.wire.tag}",${keys.length},{${entries.join(',')}}]`;
}
