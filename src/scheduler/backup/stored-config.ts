import { decodeStruct, normalise, type TaskConfig, type Wire } from '../../api/index.ts';
import { fieldsOf, THRIFT } from './thrift-ranges.ts';

/** Fields of a configuration before 0.20, when amounts were not resources. Source: the original's older definitions. */
const OLD = { numCpus: 8, ramMb: 9, diskMb: 10, requestedPorts: 21 } as const;

/** What the old fields mean as resources. */
function oldResources(bytes: Buffer): Wire<'Resource'>[] {
  const resources: Wire<'Resource'>[] = [];
  for (const { id, type, value, end } of fieldsOf(bytes, 0)) {
    if (id === OLD.numCpus && type === THRIFT.double) resources.push({ numCpus: bytes.readDoubleBE(value) });
    if (id === OLD.ramMb && type === THRIFT.i64)
      resources.push({ ramMb: Number(bytes.readBigInt64BE(value)) });
    if (id === OLD.diskMb && type === THRIFT.i64)
      resources.push({ diskMb: Number(bytes.readBigInt64BE(value)) });
    if (id === OLD.requestedPorts && type === THRIFT.set) {
      const names = decodeStruct('storage.RemoveTasks', asOnlyField(bytes.subarray(value, end)));
      for (const name of names.taskIds ?? []) resources.push({ namedPort: name });
    }
  }
  return resources;
}

/** A set of texts as the one field, number 1, of a struct. */
const asOnlyField = (set: Buffer): Buffer =>
  Buffer.concat([Buffer.from([THRIFT.set, 0, 1]), set, Buffer.from([0])]);

/**
 * A stored configuration as the stores hold it: whole, with the resources and the tier that older versions said
 * otherwise. Source: the original's ThriftBackfill, of all its versions.
 */
function storedConfig(bytes: Buffer): TaskConfig {
  const wire = decodeStruct('TaskConfig', bytes);
  const resources = wire.resources?.length ? wire.resources : oldResources(bytes);
  const tier = wire.tier ?? (wire.production ? 'preferred' : 'preemptible');
  return normalise('TaskConfig', { ...wire, resources, tier });
}

/** Reads configurations; equal bytes are read once and give one object. */
export function storedConfigs(): (bytes: Buffer) => TaskConfig {
  const known = new Map<string, TaskConfig>();
  return (bytes) => {
    const key = bytes.toString('latin1');
    const seen = known.get(key);
    if (seen) return seen;
    const config = storedConfig(bytes);
    known.set(key, config);
    return config;
  };
}
