import { writeSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Writes one short line per event to standard output, which the agent keeps beside the sandbox:
 * `2026-01-01T00:00:00.000Z info started process=web run=0 pid=71`. A line that cannot be written is dropped.
 */
export function lineLogger(clock: Clock): Logger {
  const at = (level: string) => (fields: object, text: string) => {
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
    try {
      writeSync(1, `${new Date(clock.nowMs()).toISOString()} ${level} ${text}${details.join('')}\n`);
    } catch {
      // The output is closed, full or not ready. The task matters more than its log.
    }
  };
  return { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error') };
}
