import { type AssignedTask, encodeStruct, type TaskConfig } from '../../api/index.ts';

/** Head of the field `4: TaskConfig task` in TBinary: the type number of a struct, the field's id. */
const CONFIG_HEAD = Uint8Array.of(12, 0, 4);

/** So many are remembered at least; a scheduler may have a configuration for every task. */
const REMEMBERED = 1_000;

/** The tasks of a configuration share one object and are launched together, so it is encoded once for many. */
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

/** A struct without the byte that ends it. */
const fieldsOf = (struct: Uint8Array): Uint8Array => struct.subarray(0, -1);

/**
 * An assignment for the executor: TBinary, as base64. Put together from its parts, because nearly all of it is the
 * configuration, which is the same for every task of a job.
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
