import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Node, StructNode } from '../schema/node.ts';
import { ownName, structTable } from '../schema/struct-table.ts';
import type { SchemaFieldType } from '../schema/table.ts';
import { configError } from './config-problem.ts';
import { checkedBinds, fileProblem } from './load.ts';
import type { LoadOptions } from './load-options.ts';
import { type LoadedFile, loadedJob } from './loaded-job.ts';
import type { SourcePositions } from './source-positions.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads jobs from the original's JSON form (`--read-json`): one job, or `{ "jobs": [...] }`, with snake_case names.
 * Unlike the original it also reads containers, SLA policies and update strategies. Throws a CONFIG error when the file
 * cannot be read or is no JSON object.
 */
export function readJsonJobs(file: string, options: Pick<LoadOptions, 'binds'> = {}): LoadedFile {
  const path = resolve(file);
  const binds = checkedBinds(options.binds ?? {}, file);
  const value = parsed(path, file);
  if (!isObject(value)) throw configError([fileProblem('must be a JSON object', start(path))], file);
  const jobs = Array.isArray(value.jobs) ? (value.jobs as readonly unknown[]) : [value];
  const nodes = jobs.map((job) => (isObject(job) ? structNode('Job', job) : undefined));
  if (nodes.includes(undefined)) {
    throw configError([fileProblem('jobs must be a list of JSON objects', start(path))], file);
  }
  const positions: SourcePositions = { original: () => undefined, of: () => start(path) };
  return {
    file: path,
    sources: [path],
    jobs: (nodes as readonly StructNode[]).map((node) => loadedJob(node, binds, positions)),
  };
}

/** JSON gives no positions, so mistakes point to the beginning of the file. */
const start = (file: string) => ({ file, line: 1, column: 1 });

function parsed(path: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw configError([fileProblem(`cannot be read as JSON: ${messageOf(error)}`, undefined)], file);
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function structNode(struct: string, value: Json): StructNode {
  const table = structTable(struct);
  const fields: Record<string, Node> = {};
  for (const [name, given] of Object.entries(value)) {
    const type = table && Object.hasOwn(table, ownName(name)) ? table[ownName(name)]?.type : undefined;
    // A name in our spelling is none of the original's; it stays as it is and is reported as unknown.
    fields[type && !/[A-Z]/.test(name) ? ownName(name) : name] = nodeOf(type, given);
  }
  return { kind: 'struct', struct, fields, binds: [], origins: [] };
}

function nodeOf(type: SchemaFieldType | undefined, value: unknown): Node {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value))
    return value.map((item) => nodeOf(type?.kind === 'list' ? type.of : undefined, item));
  if (!isObject(value)) return { kind: 'odd', what: 'null' };
  if (type?.kind === 'struct') return structNode(type.name, value);
  if (type?.kind === 'choice') {
    const chosen = type.names.find((name) => fits(name, value));
    if (chosen) return structNode(chosen, value);
  }
  const entries = Object.entries(value).map(([name, item]) => [name, nodeOf(undefined, item)] as const);
  return { kind: 'dict', entries: Object.fromEntries(entries) };
}

/** Whether the struct knows all names of the object, and the object has all required fields of the struct. */
function fits(struct: string, value: Json): boolean {
  const table = structTable(struct) ?? {};
  const known = Object.entries(value).every(([name, given]) => {
    const type = Object.hasOwn(table, ownName(name)) ? table[ownName(name)]?.type : undefined;
    return (
      type !== undefined &&
      (type.kind !== 'text' || !isObject(given)) &&
      (type.kind !== 'choice' || isObject(given))
    );
  });
  const required = Object.entries(table).filter(([, { presence }]) => presence === 'required');
  return known && required.every(([name]) => Object.keys(value).some((given) => ownName(given) === name));
}
