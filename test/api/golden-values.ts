import { readFileSync } from 'node:fs';
import { type Shape, type StructShape, shapeOf, type UnionShape } from '../../src/api/shapes.ts';

/** One entry of test/golden/thrift/vectors.json; see the README there. */
export interface Vector {
  readonly id: string;
  readonly kind: 'struct' | 'call' | 'reply' | 'exception' | 'lenient' | 'malformed';
  readonly type: string;
  readonly method: string;
  readonly seqid: number;
  readonly value: unknown;
  readonly decodedValue?: unknown;
  readonly binaryStrictBase64: string | null;
  readonly binaryNonStrictBase64?: string;
  readonly json: string | null;
  readonly encoding: 'binary' | 'json';
  readonly target: string;
  readonly expect: string | readonly string[];
  readonly inputBase64?: string;
  readonly input?: string;
}

const golden = (file: string) =>
  JSON.parse(readFileSync(new URL(`../golden/thrift/${file}`, import.meta.url), 'utf8'));

export const VECTORS: readonly Vector[] = golden('vectors.json');

export const EXECUTOR_PAYLOADS: readonly {
  readonly id: string;
  readonly binaryBase64: string;
  readonly value: unknown;
  readonly executorData: unknown;
}[] = golden('executor-payload.json');

/**
 * A value as the golden files write it, in the form that it has in memory. An enum number without a name leaves
 * its field unset, and stays a number inside a set.
 */
export function inMemory(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'struct':
    case 'union':
      return membersInMemory(shape, value as Record<string, unknown>);
    case 'set':
    case 'list':
      return (value as unknown[]).map((element) => inMemory(shape.element, element) ?? element);
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([key, part]) => [key, inMemory(shape.value, part)]),
      );
    case 'enum':
      return shape.nameOf.get(value as number);
    case 'i64': {
      const exact = BigInt(value as string);
      return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    }
    case 'double':
      return Number(value);
    case 'binary':
      return Uint8Array.from(Buffer.from(value as string, 'base64'));
    default:
      return value;
  }
}

function membersInMemory(shape: StructShape | UnionShape, value: Record<string, unknown>): unknown {
  const members = Object.entries(value).map(([name, member]) => {
    const field = shape.byName.get(name);
    if (!field) throw new Error(`${shape.name} has no field ${name}`);
    return [name, inMemory(field.shape, member)];
  });
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

/** Whether a field holds an enum number without a name, which is not kept: such a value cannot be written back. */
export function holdsNameless(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case 'struct':
    case 'union':
      return Object.entries(value as object).some(([name, member]) =>
        holdsNameless(shape.byName.get(name)?.shape as Shape, member),
      );
    case 'set':
    case 'list':
      return (value as unknown[]).some(
        (element) => shape.element.kind !== 'enum' && holdsNameless(shape.element, element),
      );
    case 'enum':
      return !shape.nameOf.has(value as number);
    default:
      return false;
  }
}

export const typeInMemory = (type: string, value: unknown) => inMemory(shapeOf(type), value);

const escaped = (control: string) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
const unpadded = (_: string, part: unknown) =>
  typeof part === 'string' && /^[A-Za-z0-9+/]{2,}={1,2}$/.test(part) ? part.replace(/=+$/, '') : part;

/**
 * JSON text as a value to compare: long integers as text, so that no digit is lost; control characters that stand in
 * strings as they are; blind to the padding of base64.
 */
export const sameJson = (text: string): unknown =>
  JSON.parse(
    text.replace(/(?<=[:,[])-?\d{16,}(?=[,\]}])/g, '"$&"').replace(/[\u0000-\u001f]/g, escaped),
    unpadded,
  );
