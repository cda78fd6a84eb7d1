import type { Logger } from '../base/log.ts';

const nothing = () => {};

/**
 * The logger of a command. A line consists of the level, padded to five letters, a bracket and the text. `debug` lines
 * only appear when `verbose`. Fields are for machines and not shown.
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
