import type { MessageRule, MessageScalar } from './schema.ts';
import { ENUMS, MESSAGES, type MessageEnumName, type MessageName } from './table.ts';

interface PlannedField {
  readonly name: string;
  readonly id: number;
  readonly rule: MessageRule;
  readonly fallback: string | number | boolean | undefined;
}

/** A field with its type resolved, so that a codec need not look it up for every value. */
export type FieldPlan = PlannedField &
  (
    | { readonly kind: 'scalar'; readonly type: MessageScalar }
    | { readonly kind: 'enum'; readonly type: MessageEnumName; readonly names: ReadonlyMap<number, string> }
    | { readonly kind: 'message'; readonly type: MessageName }
  );

/** A message in the form that codecs walk. */
export interface MessagePlan {
  /** In the order of Mesos' JSON. */
  readonly fields: readonly FieldPlan[];
  /** In the order of protobuf. */
  readonly byNumber: readonly FieldPlan[];
  readonly byName: ReadonlyMap<string, FieldPlan>;
  readonly byId: ReadonlyMap<number, FieldPlan>;
  /** Names of the required fields. */
  readonly required: readonly string[];
}

const plans = new Map<MessageName, MessagePlan>();

const isMessage = (type: string): type is MessageName => Object.hasOwn(MESSAGES, type);
const isEnum = (type: string): type is MessageEnumName => Object.hasOwn(ENUMS, type);

function makePlan(name: MessageName): MessagePlan {
  const fields = Object.entries(MESSAGES[name]).map(([field, { id, rule, fallback, type }]): FieldPlan => {
    const common = { name: field, id, rule, fallback };
    if (isMessage(type)) return { ...common, kind: 'message', type };
    if (!isEnum(type)) return { ...common, kind: 'scalar', type };
    const names = new Map(Object.entries(ENUMS[type]).map(([value, number]) => [number, value]));
    return { ...common, kind: 'enum', type, names };
  });
  return {
    fields,
    byNumber: fields.toSorted((a, b) => a.id - b.id),
    byName: new Map(fields.map((field) => [field.name, field])),
    byId: new Map(fields.map((field) => [field.id, field])),
    required: fields.filter(({ rule }) => rule === 'required').map((field) => field.name),
  };
}

/** The plan of a message; made at its first use. */
export function planOf(name: MessageName): MessagePlan {
  const known = plans.get(name);
  if (known) return known;
  const plan = makePlan(name);
  plans.set(name, plan);
  return plan;
}

/** Any message in memory, for code that walks the table without knowing the message's type. */
export type AnyMessage = Record<string, unknown>;

/**
 * Finds the required fields that are absent, as dotted paths with list positions (`kill.task_id`, `labels[0].key`).
 * Ordered as protobuf reports them: a message's own fields in table order, then those of its parts by field number.
 */
export function missingFields(name: MessageName, value: AnyMessage, path = ''): string[] {
  const plan = planOf(name);
  const own = plan.fields
    .filter((field) => field.rule === 'required' && value[field.name] === undefined)
    .map((field) => path + field.name);
  const inParts = plan.byNumber.flatMap((field) => {
    const part = value[field.name];
    if (field.kind !== 'message' || part === undefined) return [];
    const at = path + field.name;
    if (field.rule === 'repeated')
      return (part as AnyMessage[]).flatMap((item, i) => missingFields(field.type, item, `${at}[${i}].`));
    if (field.rule === 'map')
      return Object.values(part as AnyMessage).flatMap((item, i) =>
        missingFields(field.type, item as AnyMessage, `${at}[${i}].value.`),
      );
    return missingFields(field.type, part as AnyMessage, `${at}.`);
  });
  return [...own, ...inParts];
}
