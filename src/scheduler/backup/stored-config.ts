import { decodeStruct, normalise, type TaskConfig, withResources } from '../../api/index.ts';

/**
 * A stored configuration as the stores hold it: whole, with the resources and the tier that older versions said
 * otherwise. Source: the original's ThriftBackfill, of all its versions.
 */
function storedConfig(bytes: Buffer): TaskConfig {
  const wire = decodeStruct('TaskConfig', bytes);
  const tier = wire.tier ?? (wire.production ? 'preferred' : 'preemptible');
  return normalise('TaskConfig', { ...withResources(wire), tier });
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
