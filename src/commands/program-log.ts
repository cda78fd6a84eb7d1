import { pino } from 'pino';
import type { Logger } from '../base/log.ts';

const LEVELS: Readonly<Record<number, string>> = {
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/**
 * The log of a long-running program: lines for people with time, level, text and fields. `AURORA_LOG=json` changes it
 * to pino's JSON for machines. `AURORA_LOG_LEVEL` is debug, info (default), warn or error.
 */
export function programLog(write: (line: string) => void, env: NodeJS.ProcessEnv = process.env): Logger {
  const options = { base: null, level: env.AURORA_LOG_LEVEL || 'info' };
  if (env.AURORA_LOG === 'json') return pino(options, { write });
  return pino(options, { write: (line) => write(readable(JSON.parse(line))) });
}

function readable({ level, time, msg, ...fields }: { level: number; time: number; msg: string }): string {
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  return `${new Date(time).toISOString()} ${(LEVELS[level] ?? String(level)).padEnd(5)} ${msg}${rest.join('')}\n`;
}

const fieldText = (value: unknown): string =>
  typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
