import { type AssignedTask, encodeStruct, type TaskConfig } from '../../api/index.ts';

/** Head of the field `4: TaskConfig task` in TBinary: the type code of a struct and the field's id. */
const CONFIG_HEAD = Uint8Array.of(12, 0, 4);

/** The cache is emptied after this many encodings, because a scheduler may have a configuration for every task. */
const REMEMBERED = 1_000;

/** Encodes a configuration once for many tasks: tasks of a job share one object and are launched together. */
const encodedConfig = ((): ((config: TaskConfig) => Uint8Array) => {
  let known = new WeakMap<TaskConfig, Uint8Array>();
  let count = 0;
  return (config) => {
    const same = known.get(config);
    if (same) return same;
    if (count++ % REMEMBERED === 0) known = new WeakMap();
    const encoded = encodeStruct('TaskConfig', config);
    known.set(config, encoded);
    return encoded;
  };
})();

/** The bytes of a struct without its end mark. */
const fieldsOf = (struct: Uint8Array): Uint8Array => struct.subarray(0, -1);

/**
 * The assignment for the executor: TBinary as base64. Joined from parts, because most of it is the configuration, which
 * all tasks of a job share.
 */
export function assignmentData(assigned: AssignedTask): string {
  const { taskId, slaveId, slaveHost, task, assignedPorts, instanceId } = assigned;
  const before = {
    taskId,
    ...(slaveId === undefined ? {} : { slaveId }),
    ...(slaveHost === undefined ? {} : { slaveHost }),
  };
  return Buffer.concat([
    fieldsOf(encodeStruct('AssignedTask', before)),
    CONFIG_HEAD,
    encodedConfig(task),
    encodeStruct('AssignedTask', { assignedPorts, instanceId }),
  ]).toString('base64');
}
