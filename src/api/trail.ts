import type { Lasting } from './lasting.ts';

/**
 * The position of a walk inside a value, for error texts: a root name, then a field name or index for each level. The
 * array is overwritten in place, so that it costs only one store for each field.
 */
export interface Trail {
  readonly root: string;
  readonly steps: (string | number)[];
  depth: number;
}

/** The walk of an encoder. */
export interface EncodingTrail<E extends Uint8Array | string> extends Trail {
  /** Cached encodings of values that need not be walked again. */
  readonly lasting: Lasting<E> | undefined;
}

export const trailFrom = (root: string): Trail => ({ root, steps: [], depth: 0 });

export const encodingTrail = <E extends Uint8Array | string>(
  root: string,
  lasting?: Lasting<E>,
): EncodingTrail<E> => ({ root, steps: [], depth: 0, lasting });

/** Formats a trail, e.g. `TaskConfig.resources[2].numCpus`; map keys appear as names. */
export function trailText({ root, steps, depth }: Trail): string {
  let text = root;
  for (let level = 0; level < depth; level++) {
    const step = steps[level];
    text += typeof step === 'number' ? `[${step}]` : `.${step}`;
  }
  return text;
}
