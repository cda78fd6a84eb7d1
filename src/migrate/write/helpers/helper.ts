/**
 * A small function that a translated file brings along when it needs it: what Python does with a value of which only
 * running the file tells the type, and what TypeScript has no word for. It is printed as it stands here.
 */
export interface Helper {
  readonly text: string;
  /** Other helpers that it calls. */
  readonly needs?: readonly string[];
}
