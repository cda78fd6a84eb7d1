/** Where a part of the product says what it does. Shaped like pino's methods, so that a pino logger fits as it is. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

const nothing = () => {};

/** Says nothing; for tests and for parts whose owner does not listen. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
