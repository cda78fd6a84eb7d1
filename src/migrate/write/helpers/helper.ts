/**
 * A small function that is added to a translated file when needed: for what Python does with a value whose type is
 * known only at run time, and for what TypeScript lacks. It is printed exactly as written here.
 */
export interface Helper {
  readonly text: string;
  /** Other helpers that it calls. */
  readonly needs?: readonly string[];
}
