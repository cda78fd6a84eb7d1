import { decodeStruct, normalise, type TaskConfig, withResources } from '../../api/index.ts';

/**
 * A stored configuration in the form of the stores: complete, with the resources and the tier that older versions
 * expressed differently. Source: all versions of the original's ThriftBackfill.
 */
function storedConfig(bytes: Buffer): TaskConfig {
  const wire = decodeStruct('TaskConfig', bytes);
  const tier = wire.tier ?? (wire.production ? 'preferred' : 'preemptible');
  return normalise('TaskConfig', { ...withResources(wire), tier });
}

/** Returns a function that reads configurations; equal bytes are read once and give the same object. */
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
