import { execFile } from 'node:child_process';
import { AuroraError, messageOf } from '../base/errors.ts';
import { wireName } from '../dsl/schema/struct-table.ts';
import { type SchemaField, type SchemaFieldType, STRUCTS } from '../dsl/schema/table.ts';
import { PYTHON_PROGRAM } from './python-program.ts';

const TIME_LIMIT_MS = 60_000;
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Evaluates a job file of the original with Python and pystachio, using our own description of the schema, and returns
 * its jobs as JSON. `python` is an interpreter that has pystachio.
 * @throws AuroraError COMMAND_FAILED when there is no such interpreter, or it refuses the file
 */
export function evaluateWithPython(
  python: string,
  file: string,
  binds: Readonly<Record<string, string>>,
): Promise<string> {
  const input = JSON.stringify({ file, binds, structs: schemaForPython() });
  return new Promise((resolve, reject) => {
    const child = execFile(
      python,
      ['-c', PYTHON_PROGRAM],
      { timeout: TIME_LIMIT_MS, maxBuffer: MOST_BYTES, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const said = stderr.trim().split('\n').at(-1) || messageOf(error);
        const next = 'AURORA_PYTHON names a Python that has pystachio: pip install pystachio';
        reject(new AuroraError('COMMAND_FAILED', `${python} cannot evaluate ${file}: ${said}`, { next }));
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** The language's table as lists and names from which the program makes the structs; inner structs come first. */
function schemaForPython(): readonly unknown[] {
  const done = new Set<string>();
  const found: unknown[] = [];
  const add = (name: string) => {
    if (done.has(name)) return;
    done.add(name);
    const fields = Object.entries(
      (STRUCTS as Readonly<Record<string, Readonly<Record<string, SchemaField>>>>)[name] ?? {},
    );
    for (const [, { type }] of fields) for (const inner of structsIn(type)) add(inner);
    found.push([
      name,
      fields
        .filter(([field]) => !OURS.has(field))
        .map(([field, { type, presence, default: value }]) => [
          wireName(field),
          type,
          presence,
          wired(value),
        ]),
    ]);
  };
  for (const name of Object.keys(STRUCTS)) add(name);
  return found;
}

/** Fields that the original does not have. */
const OURS = new Set(['cronTimeZone', 'cronMissedTickPolicy']);

const structsIn = (type: SchemaFieldType): readonly string[] =>
  type.kind === 'struct'
    ? [type.name]
    : type.kind === 'choice'
      ? type.names
      : type.kind === 'list' || type.kind === 'map'
        ? structsIn(type.of)
        : [];

const wired = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [wireName(key), wired(inner)]))
    : value;
