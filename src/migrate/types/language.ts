import { wireName } from '../../dsl/schema/struct-table.ts';
import { type SchemaField, STRUCTS } from '../../dsl/schema/table.ts';

/** The structs of the language by the names that files of the original use. */
export const STRUCT_NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.keys(STRUCTS).map((name) => [name, name] as const),
  ['Service', 'Job'],
  ['MesosJob', 'Job'],
  ['SequentialTask', 'Task'],
]);

/** Functions of the original's schema, and what they return. */
export const LANGUAGE_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['order', 'list of struct:Constraint'],
  ['SimpleTask', 'struct:Task'],
  ['combine_tasks', 'struct:Task'],
  ['concat_tasks', 'struct:Task'],
  ['java_options', 'str'],
  ['python_options', 'str'],
]);

/** Constants for sizes that every file of the original has. */
export const UNITS: readonly string[] = ['BYTES', 'KB', 'MB', 'GB', 'TB'];

/** Constants that are structs. */
export const STRUCT_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['DefaultLifecycleConfig', 'LifecycleConfig'],
  ['DisableLifecycle', 'LifecycleConfig'],
  ['DefaultHealthChecker', 'HealthCheckerConfig'],
]);

/** Types of the schema language, which are used to declare profiles. */
export const TYPE_NAMES: ReadonlySet<string> = new Set([
  'String',
  'Integer',
  'Float',
  'Boolean',
  'List',
  'Map',
  'Enum',
  'Required',
  'Default',
  'Choice',
  'LoggerDestination',
  'LoggerMode',
  'Mode',
]);

export const fieldsOfStruct = (struct: string): Readonly<Record<string, SchemaField>> =>
  (STRUCTS as Readonly<Record<string, Readonly<Record<string, SchemaField>>>>)[struct] ?? {};

const snake = new Map<string, ReadonlyMap<string, string>>();

/** `max_failures` becomes `maxFailures`; a name that is not a field of the struct stays as it is. */
export function fieldName(struct: string, name: string): string {
  let names = snake.get(struct);
  if (!names) {
    names = new Map(Object.keys(fieldsOfStruct(struct)).map((own) => [wireName(own), own]));
    snake.set(struct, names);
  }
  return names.get(name) ?? name;
}
