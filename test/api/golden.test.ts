import { encodeBinaryMessage } from '../../src/api/binary/message.ts';
import {
  codecErrorKind,
  decodeMessage,
  decodeStruct,
  decodeTJson,
  encodeMessage,
  encodeStruct,
  encodeTJson,
  type Message,
  type TypeName,
  type Wire,
} from '../../src/api/index.ts';
import { argumentsShape, shapeOf } from '../../src/api/shapes.ts';
import type { CallName } from '../../src/api/types.ts';
import { assert, count, suite } from '../harness/index.ts';
import {
  EXECUTOR_PAYLOADS,
  holdsNameless,
  inMemory,
  sameJson,
  typeInMemory,
  VECTORS,
  type Vector,
} from './golden-values.ts';

const test = suite('thrift vectors');
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const ofKind = (kind: Vector['kind']) => VECTORS.filter((vector) => vector.kind === kind);

test('structs are written and read as the reference does', () => {
  const vectors = ofKind('struct');
  for (const { id, type, value, decodedValue, binaryStrictBase64, json } of vectors) {
    const name = type as TypeName;
    const memory = typeInMemory(type, value) as Wire<TypeName>;
    const decoded = typeInMemory(type, decodedValue ?? value);
    const bytes = bytesOf(binaryStrictBase64 as string);
    assert.equal(decodeStruct(name, bytes), decoded, `${id}: binary read`);
    assert.equal(decodeTJson(name, json as string), decoded, `${id}: JSON read`);
    if (holdsNameless(shapeOf(type), value)) {
      const [binary, json] = [encodeStruct(name, memory), encodeTJson(name, memory)];
      assert.equal(decodeStruct(name, binary), decodeTJson(name, json), `${id}: written without the number`);
      continue;
    }
    assert.equal(encodeStruct(name, memory), Buffer.from(bytes), `${id}: binary written`);
    assert.equal(sameJson(encodeTJson(name, memory)), sameJson(json as string), `${id}: JSON written`);
  }
  count('golden/thrift structs', vectors.length);
});

/** The message in memory that a vector means, written or (with `decodedValue`) read. */
function messageOf(vector: Vector, value: unknown): Message {
  const { kind, method, seqid } = vector;
  if (kind === 'reply') return { kind, method, seqid, response: typeInMemory('Response', value) as object };
  if (kind === 'exception') {
    const body = typeInMemory('thrift.ApplicationException', value) as object;
    return { ...body, kind, method, seqid } as Message;
  }
  return {
    kind: 'call',
    method,
    seqid,
    args: inMemory(argumentsShape(method as CallName), value),
  } as Message;
}

for (const kind of ['call', 'reply', 'exception'] as const) {
  test(`${kind} messages are written and read in both protocols, and in the old binary form`, () => {
    const vectors = ofKind(kind);
    for (const vector of vectors) {
      const { id, binaryStrictBase64, binaryNonStrictBase64, json } = vector;
      const message = messageOf(vector, vector.value);
      const decoded = messageOf(vector, vector.decodedValue ?? vector.value);
      const strict = bytesOf(binaryStrictBase64 as string);
      const text = Buffer.from(json as string);
      assert.equal(decodeMessage(strict, 'binary'), decoded, `${id}: binary read`);
      assert.equal(decodeMessage(text, 'json'), decoded, `${id}: JSON read`);
      if (kind === 'reply' && holdsNameless(shapeOf('Response'), vector.value)) {
        assert.equal(
          decodeMessage(encodeMessage(message, 'binary'), 'binary'),
          decoded,
          `${id}: without the number`,
        );
        continue;
      }
      assert.equal(encodeMessage(message, 'binary'), Buffer.from(strict), `${id}: binary written`);
      const ours = Buffer.from(encodeMessage(message, 'json')).toString();
      assert.equal(sameJson(ours), sameJson(json as string), `${id}: JSON written`);
      if (binaryNonStrictBase64 === undefined) continue;
      const old = bytesOf(binaryNonStrictBase64);
      assert.equal(decodeMessage(old, 'binary'), decoded, `${id}: old form read`);
      assert.equal(encodeBinaryMessage(message, 'old'), Buffer.from(old), `${id}: old form written`);
    }
    assert.ok(vectors.length > 0);
    count(`golden/thrift ${kind} messages`, vectors.length);
  });
}

test('odd but legal input is read', () => {
  const vectors = ofKind('lenient');
  for (const { id, type, decodedValue, binaryStrictBase64, json } of vectors) {
    const name = type as TypeName;
    const decoded = typeInMemory(type, decodedValue);
    if (binaryStrictBase64 !== null)
      assert.equal(decodeStruct(name, bytesOf(binaryStrictBase64)), decoded, `${id}: binary`);
    if (json !== null) assert.equal(decodeTJson(name, json), decoded, `${id}: JSON`);
  }
  count('golden/thrift lenient', vectors.length);
});

function readMalformed({ encoding, target, inputBase64, input }: Vector): unknown {
  const bytes = inputBase64 === undefined ? Buffer.from(input as string) : bytesOf(inputBase64);
  if (target === 'message') return decodeMessage(bytes, encoding === 'json' ? 'json' : 'binary');
  return encoding === 'json'
    ? decodeTJson(target as TypeName, bytes)
    : decodeStruct(target as TypeName, bytes);
}

test('malformed input is refused for the right reason, quickly and without large allocations', () => {
  const vectors = ofKind('malformed');
  const before = process.memoryUsage().arrayBuffers;
  for (const vector of vectors) {
    const accepted = [vector.expect].flat();
    let outcome: string;
    try {
      readMalformed(vector);
      outcome = 'decoded';
    } catch (error) {
      outcome = codecErrorKind(error) ?? `not a codec error: ${error}`;
    }
    assert.ok(accepted.includes(outcome), `${vector.id}: ${outcome} instead of ${accepted.join(' or ')}`);
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 2 ** 20);
  count('golden/thrift malformed', vectors.length);
});

test('what the scheduler hands to the executor is read and written', () => {
  for (const { id, binaryBase64, value, executorData } of EXECUTOR_PAYLOADS) {
    const bytes = bytesOf(binaryBase64);
    const task = decodeStruct('AssignedTask', bytes);
    assert.equal(task, typeInMemory('AssignedTask', value), id);
    assert.equal(encodeStruct('AssignedTask', task), Buffer.from(bytes), id);
    assert.equal(JSON.parse(task.task?.executorConfig?.data as string), executorData, id);
  }
  count('golden/thrift executor payloads', EXECUTOR_PAYLOADS.length);
});

test.run();
