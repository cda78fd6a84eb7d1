/** A configuration and the instances that use it, such as `0-4, 7`. */
export interface ConfigShown {
  readonly instances: string;
  readonly count: number;
  /** As JSON; the executor's data is parsed. */
  readonly config: Readonly<Record<string, unknown>>;
}
