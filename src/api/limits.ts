/** What a decoder accepts; beyond that it throws a CODEC error of kind `size-limit` or `depth-limit`. */
export interface Limits {
  /** Bytes of the whole input. */
  readonly maxBytes: number;
  /** Bytes of one string or binary. */
  readonly maxStringBytes: number;
  /** Elements of one set, list or map. */
  readonly maxElements: number;
  /** Nesting levels of structs and collections. */
  readonly maxDepth: number;
}

/**
 * Large enough for a stored snapshot of a million tasks. A server lowers `maxBytes` to what it accepts from strangers.
 * The deepest type of the tables has 16 levels.
 */
export const DEFAULT_LIMITS: Limits = {
  maxBytes: 0x4000_0000,
  maxStringBytes: 0x4000_0000,
  maxElements: 16_000_000,
  maxDepth: 64,
};
