import { misfit, onlyMember } from './checks.ts';
import { codecError } from './codec-error.ts';
import { distinct } from './json-values.ts';
import { type FieldShape, type Shape, type StructShape, typeShape, type UnionShape } from './shapes.ts';
import { type Trail, trailFrom, trailText } from './trail.ts';
import type { Normal, TypeName, Wire } from './types.ts';

type Plain = Readonly<Record<string, unknown>>;

/**
 * Completes a decoded value at every depth: absent primitives become 0 or false, absent collections empty, absent
 * fields with a default get it; keys that the table does not know are dropped. The argument is not changed.
 *
 * Throws a CODEC error: `missing-field` when a struct, union, enum or text is absent that must not be, `bad-union` for
 * a union without a member, `bad-value` for a number without a name in a set of enums. Code that judges requests must
 * look at the wire form first.
 *
 * Source: the original's immutable copies, through which every stored value passes.
 */
export function normalise<N extends TypeName>(name: N, wire: Wire<N>): Normal<N> {
  const trail = trailFrom(name);
  return membersNormalised(typeShape(name), wire as Plain, trail) as Normal<N>;
}

function membersNormalised(shape: StructShape | UnionShape, from: Plain, trail: Trail): Plain {
  return shape.kind === 'struct' ? structNormalised(shape, from, trail) : unionNormalised(shape, from, trail);
}

function structNormalised(shape: StructShape, from: Plain, trail: Trail): Plain {
  const whole: Record<string, unknown> = {};
  const level = trail.depth++;
  for (const field of shape.fields) {
    trail.steps[level] = field.name;
    const value = from[field.name] ?? filling(field, trail);
    if (value !== undefined) whole[field.name] = normalised(field.shape, value, trail);
  }
  trail.depth = level;
  return whole;
}

/** The value for an absent field; undefined when it stays absent. */
function filling({ name, shape, presence }: FieldShape, trail: Trail): unknown {
  if (typeof presence === 'object') return presence;
  if (presence === 'unset') return undefined;
  switch (shape.kind) {
    case 'bool':
      return false;
    case 'i32':
    case 'i64':
    case 'double':
      return 0;
    case 'set':
    case 'list':
      return [];
    case 'map':
      return {};
    default:
      if (presence === 'opt') return undefined;
      throw codecError('missing-field', `${name} is missing`, trailText(trail));
  }
}

function unionNormalised(shape: UnionShape, from: Plain, trail: Trail): Plain {
  const member = onlyMember(shape, from, trail);
  const level = trail.depth++;
  trail.steps[level] = member.name;
  const whole = { [member.name]: normalised(member.shape, from[member.name], trail) };
  trail.depth = level;
  return whole;
}

function normalised(shape: Shape, value: unknown, trail: Trail): unknown {
  switch (shape.kind) {
    case 'struct':
    case 'union':
      return membersNormalised(shape, value as Plain, trail);
    case 'set':
    case 'list': {
      const level = trail.depth++;
      const elements = (value as readonly unknown[]).map((element, index) => {
        trail.steps[level] = index;
        return normalised(shape.element, element, trail);
      });
      trail.depth = level;
      // Elements that differed only in what one of them left out are equal now.
      return shape.kind === 'set' ? distinct(elements, elements) : elements;
    }
    case 'enum':
      return shape.numberOf.has(value as string) ? value : misfit(value, `a member of ${shape.name}`, trail);
    default:
      return value;
  }
}
