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

const base64 = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('base64');

/**
 * The assignment for the executor: TBinary as base64. Joined from parts, because most of it is the configuration, which
 * all tasks of a job share. Base64 encodes three bytes at a time, so the text of the configuration depends on where in
 * such a group it begins.
 */
export function assignmentData(assigned: AssignedTask): string {
  const { taskId, slaveId, slaveHost, task, assignedPorts, instanceId } = assigned;
  const before = fieldsOf(
    encodeStruct('AssignedTask', {
      taskId,
      ...(slaveId === undefined ? {} : { slaveId }),
      ...(slaveHost === undefined ? {} : { slaveHost }),
    }),
  );
  const { bytes, base64From } = encodedConfig(task);
  const start = (3 - ((before.length + CONFIG_HEAD.length) % 3)) % 3;
  const end = bytes.length - ((bytes.length - start) % 3);
  base64From[start] ??= base64(bytes.subarray(start, end));
  return (
    base64(before, CONFIG_HEAD, bytes.subarray(0, start)) +
    base64From[start] +
    base64(bytes.subarray(end), encodeStruct('AssignedTask', { assignedPorts, instanceId }))
  );
}
