/** Where a part of the product writes its log. Has the shape of pino's methods, so that a pino logger can be passed as is. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

const nothing = () => {};

/** Discards everything; for tests and for parts whose owner does not want logs. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
