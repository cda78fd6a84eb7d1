import type { Float, Int } from '../language/text.ts';
import type { Value } from '../language/value.ts';

/** Fields of {@link Resources}. */
export interface ResourcesFields {
  /** Processor cores, more than 0; fractions are fine. */
  readonly cpu: Float;
  /** Memory in bytes, at least `1 * MB`. */
  readonly ram: Int;
  /** Disk in bytes, at least `1 * MB`. */
  readonly disk: Int;
  /**
   * Whole graphics processors.
   * @default 0
   */
  readonly gpu?: Int | undefined;
}

/** What one instance needs of a machine. */
export type Resources = Value<'Resources', ResourcesFields>;
