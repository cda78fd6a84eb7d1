import { wireName } from '../../dsl/schema/struct-table.ts';
import { type SchemaField, STRUCTS } from '../../dsl/schema/table.ts';

/** The structs of the language under the names that files of the original call them by. */
export const STRUCT_NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.keys(STRUCTS).map((name) => [name, name] as const),
  ['Service', 'Job'],
  ['MesosJob', 'Job'],
  ['SequentialTask', 'Task'],
]);

/** Names of the original's own schema that make something other than a struct. */
export const LANGUAGE_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['order', 'list of struct:Constraint'],
  ['SimpleTask', 'struct:Task'],
  ['combine_tasks', 'struct:Task'],
  ['concat_tasks', 'struct:Task'],
  ['java_options', 'str'],
  ['python_options', 'str'],
]);

/** Numbers that a file of the original simply has. */
export const UNITS: readonly string[] = ['BYTES', 'KB', 'MB', 'GB', 'TB'];

/** Constants that are structs. */
export const STRUCT_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['DefaultLifecycleConfig', 'LifecycleConfig'],
  ['DisableLifecycle', 'LifecycleConfig'],
  ['DefaultHealthChecker', 'HealthCheckerConfig'],
]);

/** Types of the schema language, with which profiles are declared. */
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

/** `max_failures` is `maxFailures`; a name that is no field of the struct stays as it is. */
export function fieldName(struct: string, name: string): string {
  let names = snake.get(struct);
  if (!names) {
    names = new Map(Object.keys(fieldsOfStruct(struct)).map((own) => [wireName(own), own]));
    snake.set(struct, names);
  }
  return names.get(name) ?? name;
}
