import { type AssignedTask, encodeStruct, type TaskConfig } from '../../api/index.ts';

/** Head of the field `4: TaskConfig task` in TBinary: the type code of a struct and the field's id. */
const CONFIG_HEAD = Uint8Array.of(12, 0, 4);

/** The cache is emptied after this many encodings, because a scheduler may have a configuration for every task. */
const REMEMBERED = 1_000;

/** The bytes of a configuration, and their base64 from each of the first three on, in whole groups of three bytes. */
interface EncodedConfig {
  readonly bytes: Uint8Array;
  readonly base64From: (string | undefined)[];
}

/** Encodes a configuration once for many tasks: tasks of a job share one object and are launched together. */
const encodedConfig = ((): ((config: TaskConfig) => EncodedConfig) => {
  let known = new WeakMap<TaskConfig, EncodedConfig>();
  let count = 0;
  return (config) => {
    const same = known.get(config);
    if (same) return same;
    if (count++ % REMEMBERED === 0) known = new WeakMap();
    const encoded = { bytes: encodeStruct('TaskConfig', config), base64From: [] };
    known.set(config, encoded);
    return encoded;
  };
})();

/** The bytes of a struct without its end mark. */
const fieldsOf = (struct: Uint8Array): Uint8Array => struct.subarray(0, -1);

/** What stands before the configuration, and behind it. */
interface Around {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** The fields around the configuration, of any length. */
function fieldsAround({ taskId, slaveId, slaveHost, assignedPorts, instanceId }: AssignedTask): Around {
  const named = {
    taskId,
    ...(slaveId === undefined ? {} : { slaveId }),
    ...(slaveHost === undefined ? {} : { slaveHost }),
  };
  return {
    before: fieldsOf(encodeStruct('AssignedTask', named)),
    after: encodeStruct('AssignedTask', { assignedPorts, instanceId }),
  };
}

/** Type codes of TBinary. */
const [STOP, I32, STRING, MAP] = [0, 8, 11, 13];
/** Ids of the fields of AssignedTask, as in the table of the API. */
const FIELD = { taskId: 1, slaveId: 2, slaveHost: 3, assignedPorts: 5, instanceId: 6 } as const;

/** Reused for every task; `Around` of it is only good until the next one. */
const scratch = Buffer.alloc(4 * 1024);
/** Characters that certainly fit, with the heads of all fields. */
const MOST_CHARACTERS = 1_024;

function writeText(text: string, at: number): number {
  const length = scratch.write(text, at + 4);
  scratch.writeInt32BE(length, at);
  return at + 4 + length;
}

function writeFieldHead(type: number, id: number, at: number): number {
  scratch[at] = type;
  scratch.writeInt16BE(id, at + 1);
  return at + 3;
}

/**
 * The same for texts of ordinary length, written by hand: the encoder that walks the table takes several times as long,
 * and this is done for every task. The tests compare the two.
 */
function shortFieldsAround(assigned: AssignedTask): Around | undefined {
  const { taskId, slaveId, slaveHost, assignedPorts, instanceId } = assigned;
  const ports = Object.keys(assignedPorts);
  let characters = taskId.length + (slaveId?.length ?? 0) + (slaveHost?.length ?? 0);
  for (const name of ports) characters += name.length + 8;
  if (characters > MOST_CHARACTERS) return undefined;
  let at = writeText(taskId, writeFieldHead(STRING, FIELD.taskId, 0));
  if (slaveId !== undefined) at = writeText(slaveId, writeFieldHead(STRING, FIELD.slaveId, at));
  if (slaveHost !== undefined) at = writeText(slaveHost, writeFieldHead(STRING, FIELD.slaveHost, at));
  const middle = at;
  at = writeFieldHead(MAP, FIELD.assignedPorts, at);
  scratch[at++] = STRING;
  scratch[at++] = I32;
  at = scratch.writeInt32BE(ports.length, at);
  for (const name of ports) at = scratch.writeInt32BE(assignedPorts[name] as number, writeText(name, at));
  at = scratch.writeInt32BE(instanceId, writeFieldHead(I32, FIELD.instanceId, at));
  scratch[at++] = STOP;
  return { before: scratch.subarray(0, middle), after: scratch.subarray(middle, at) };
}

const base64 = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('base64');

/**
 * The assignment for the executor: TBinary as base64. Joined from parts, because most of it is the configuration, which
 * all tasks of a job share. Base64 encodes three bytes at a time, so the text of the configuration depends on where in
 * such a group it begins.
 */
export function assignmentData(assigned: AssignedTask): string {
  const { bytes, base64From } = encodedConfig(assigned.task);
  const { before, after } = shortFieldsAround(assigned) ?? fieldsAround(assigned);
  const start = (3 - ((before.length + CONFIG_HEAD.length) % 3)) % 3;
  const end = bytes.length - ((bytes.length - start) % 3);
  base64From[start] ??= base64(bytes.subarray(start, end));
  return (
    base64(before, CONFIG_HEAD, bytes.subarray(0, start)) +
    base64From[start] +
    base64(bytes.subarray(end), after)
  );
}
