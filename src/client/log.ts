import type { Logger } from '../base/log.ts';

const nothing = () => {};

/**
 * Log lines of a command: level, padded to five letters, bracket, text. `debug` lines appear when `verbose`. Fields
 * are for machines and not shown.
 * Source: the original client's log format, which scripts filter by.
 */
export function commandLog(write: (line: string) => void, verbose: boolean): Logger {
  const line = (level: string) => (_: object, text: string) => write(`${level.padStart(5)}] ${text}\n`);
  return {
    debug: verbose ? line('DEBUG') : nothing,
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
  };
}
