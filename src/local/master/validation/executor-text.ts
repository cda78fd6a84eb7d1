import type { ExecutorInfo } from '../../../mesos/index.ts';

type Value = string | number | boolean | object;

/** Members of protobuf messages whose texts are not in quotes: enums. */
const ENUM_MEMBERS = new Set(['type', 'mode', 'image_type']);

function memberLines(name: string, value: Value, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => memberLines(name, item, indent));
  if (typeof value === 'object')
    return [`${indent}${name} {`, ...messageLines(value, `${indent}  `), `${indent}}`];
  const text = typeof value === 'string' && !ENUM_MEMBERS.has(name) ? JSON.stringify(value) : String(value);
  return [`${indent}${name}: ${text}`];
}

const messageLines = (message: object, indent: string): string[] =>
  Object.entries(message)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => memberLines(name, value as Value, indent));

const RULE = '-'.repeat(60);

/** Protobuf's numbers of ExecutorInfo's members, in whose order it is printed. */
const ORDER: readonly (keyof ExecutorInfo)[] = [
  'executor_id',
  'data',
  'resources',
  'command',
  'framework_id',
  'name',
  'source',
  'container',
  'discovery',
  'shutdown_grace_period',
  'labels',
  'type',
];

/** Two ExecutorInfos in protobuf's text format, as Mesos puts them into the refusal. */
export function incompatibleExecutors(existing: ExecutorInfo, wanted: ExecutorInfo): string {
  const text = (info: ExecutorInfo) =>
    `${messageLines(Object.fromEntries(ORDER.map((name) => [name, info[name]])), '').join('\n')}\n`;
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
