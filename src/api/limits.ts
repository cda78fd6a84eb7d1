/** What a decoder accepts before it refuses with a CODEC error of kind `size-limit` or `depth-limit`. */
export interface Limits {
  /** Bytes of the whole input. */
  readonly maxBytes: number;
  /** Bytes of one string or binary. */
  readonly maxStringBytes: number;
  /** Elements of one set, list or map. */
  readonly maxElements: number;
  /** Levels of structs and collections inside each other. */
  readonly maxDepth: number;
}

/**
 * Wide enough for a stored snapshot of a million tasks; a server narrows `maxBytes` to what it is willing to read from
 * a stranger. The deepest type of the tables has 16 levels.
 */
export const DEFAULT_LIMITS: Limits = {
  maxBytes: 0x4000_0000,
  maxStringBytes: 0x4000_0000,
  maxElements: 16_000_000,
  maxDepth: 64,
};
