import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import type { Origin } from '../language/call-site.ts';
import type { PathStep } from '../resolve/problem.ts';
import { isDict, isList, isMap, isStruct, type Node, type StructNode } from '../schema/node.ts';
import { importMetaPrefix } from './bundle.ts';
import { locateField } from './field-locator.ts';

/** A place in a user's file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds the places in a user's files from which values of a bundle come. */
export interface SourcePositions {
  /** The source of a place in the bundled text. */
  original(line: number, column: number): Position | undefined;
  /** Where a value of a job was written: its field if the source text shows it, else the call that made the struct. */
  of(job: StructNode, path: readonly PathStep[]): Position | undefined;
}

/** `hello.aurora.ts:12:5`; relative to `cwd` when the file is below it. */
export function positionText({ file, line, column }: Position, cwd: string = process.cwd()): string {
  const near = relative(cwd, file);
  return `${near.startsWith('..') ? file : near}:${line}:${column}`;
}

/** Reads the source map and the source files only when the first place is needed. */
export function sourcePositions(map: string, entry: string): SourcePositions {
  let sources: SourceMap | undefined;
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    let text = texts.get(file);
    if (text === undefined) {
      try {
        text = readFileSync(file, 'utf8');
      } catch {
        text = '';
      }
      texts.set(file, text);
    }
    return text;
  };
  const original = (line: number, column: number): Position | undefined => {
    sources ??= new SourceMap(JSON.parse(map) as SourceMapPayload);
    const found = sources.findEntry(line - 1, column - 1);
    if (!('originalSource' in found)) return undefined;
    const file = resolve(dirname(entry), found.originalSource);
    const shift =
      found.originalLine === 0 && textOf(file).includes('import.meta') ? importMetaPrefix(file).length : 0;
    return { file, line: found.originalLine + 1, column: Math.max(0, found.originalColumn - shift) + 1 };
  };
  const fieldPosition = (origin: Origin, field: readonly string[]): Position | undefined => {
    const call = origin.at && original(...origin.at);
    if (!call) return undefined;
    const place = locateField(textOf(call.file), call, [...origin.inside, ...field]);
    return place ? { file: call.file, ...place } : call;
  };
  return {
    original,
    of(job, path) {
      const chain = structsOn(job, path);
      for (const { struct, rest } of chain) {
        const [field] = rest;
        const origin =
          struct.origins.find(({ fields }) => field !== undefined && fields.includes(String(field))) ??
          struct.origins.at(field === undefined ? 0 : -1);
        const position = origin && fieldPosition(origin, rest.map(String));
        if (position) return position;
      }
      return undefined;
    },
  };
}

/** The structs along a path, the innermost first, each with the rest of the path from there. */
function structsOn(job: StructNode, path: readonly PathStep[]) {
  const chain: { readonly struct: StructNode; readonly rest: readonly PathStep[] }[] = [];
  let node: Node | undefined = job;
  for (let at = 0; ; at++) {
    if (isStruct(node)) chain.unshift({ struct: node, rest: path.slice(at) });
    const step = path[at];
    if (step === undefined || node === undefined) return chain;
    node = childOf(node, step);
  }
}

function childOf(node: Node, step: PathStep): Node | undefined {
  if (isStruct(node)) return node.fields[step];
  if (isList(node)) return node[Number(step)];
  if (isDict(node)) return node.entries[step];
  return isMap(node) ? node.get(step) : undefined;
}
