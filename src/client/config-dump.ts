import type { Wire } from '../api/index.ts';
import { configForm } from './config-form.ts';

/**
 * A configuration as text for a program that compares files: sorted fields, one a line. Line breaks in commands are
 * kept as line breaks.
 */
export function configDump(config: Wire<'TaskConfig'>): string {
  const { job, scheduler } = configForm(config);
  const text = JSON.stringify(sorted({ job, scheduler }), null, 2);
  return `${text.replaceAll(/(?<!\\)((?:\\\\)*)\\n/g, '$1\n')}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
