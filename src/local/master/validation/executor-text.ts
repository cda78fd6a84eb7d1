import type { ExecutorInfo, MessageName } from '../../../mesos/index.ts';
import { type FieldPlan, planOf } from '../../../mesos/messages/plan.ts';

function fieldLines(field: FieldPlan, value: unknown, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldLines(field, item, indent));
  if (field.kind === 'message')
    return [
      `${indent}${field.name} {`,
      ...messageLines(field.type, value as Record<string, unknown>, `${indent}  `),
      `${indent}}`,
    ];
  const isText = field.kind === 'scalar' && typeof value === 'string';
  return [`${indent}${field.name}: ${isText ? JSON.stringify(value) : String(value)}`];
}

/** Protobuf's text format: members by field number, absent ones omitted. */
const messageLines = (name: MessageName, message: Record<string, unknown>, indent: string): string[] =>
  planOf(name).byNumber.flatMap((field) => {
    const value = message[field.name];
    return value === undefined ? [] : fieldLines(field, value, indent);
  });

const RULE = '-'.repeat(60);

/** Two ExecutorInfos in protobuf's text format, as in Mesos' refusal. */
export function incompatibleExecutors(existing: ExecutorInfo, wanted: ExecutorInfo): string {
  const text = (info: ExecutorInfo) =>
    `${messageLines('ExecutorInfo', info as Record<string, unknown>, '').join('\n')}\n`;
  return [
    'ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID.',
    RULE,
    'Existing ExecutorInfo:',
    text(existing),
    RULE,
    'ExecutorInfo:',
    text(wanted),
    RULE,
    '',
  ].join('\n');
}
