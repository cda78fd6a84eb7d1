import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { CALLS, ENUMS, TYPES } from '../../../api/index.ts';
import { packageRoot } from '../../launch/package-root.ts';
import type { CallerEnv } from '../caller.ts';
import { escaped } from './html.ts';

/** The files of the JavaScript client, built from src/web/api-client. */
const FILES: ReadonlySet<string> = new Set([
  'api_types.js',
  'ReadOnlyScheduler.js',
  'AuroraSchedulerManager.js',
  'AuroraAdmin.js',
]);

const HEADERS = { 'Cache-Control': 'public, max-age=3600' } as const;

type Fields = Readonly<Record<string, readonly [id: number, type: string, ...unknown[]]>>;

const fieldsText = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, [id, type]]) => `${id}: ${escaped(type)} <b>${escaped(name)}</b>`)
    .join(', ');

/** A reference page for programmers: all calls, types and enum numbers. */
function* helpPage(): Generator<string> {
  yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Aurora API</title></head><body>\n<h1>Aurora API</h1>\n<h2>Calls</h2>\n<dl>\n';
  for (const [name, { args, service }] of Object.entries(CALLS))
    yield `<dt>${escaped(service)}.<b>${escaped(name)}</b></dt><dd>(${fieldsText(args)})</dd>\n`;
  yield '</dl>\n<h2>Types</h2>\n<dl>\n';
  for (const [name, definition] of Object.entries(TYPES)) {
    if (name.includes('.')) continue;
    const [kind, fields] = 'struct' in definition ? ['', definition.struct] : ['one of ', definition.union];
    yield `<dt><b>${escaped(name)}</b></dt><dd>${kind}{${fieldsText(fields)}}</dd>\n`;
  }
  yield '</dl>\n<h2>Numbers</h2>\n<dl>\n';
  for (const [name, members] of Object.entries(ENUMS))
    yield `<dt><b>${escaped(name)}</b></dt><dd>${Object.entries(members)
      .map(([member, number]) => `${member} = ${number}`)
      .join(', ')}</dd>\n`;
  yield '</dl>\n</body></html>\n';
}

/**
 * Serves /apiclient: a JavaScript client for web pages and its reference page. The client has the same globals as the
 * files that Thrift generates for the original, so existing pages keep working.
 */
export function apiClient(app: Hono<CallerEnv>): void {
  const known = new Map<string, string>();
  const file = (name: string): string | undefined => {
    try {
      return known.get(name) ?? readFileSync(join(packageRoot(), 'dist', 'apiclient', name), 'utf8');
    } catch {
      return undefined;
    }
  };
  app.get('/apiclient/:name', (c) => {
    const name = c.req.param('name');
    if (name === 'api.html' || name === 'index.html') return c.html([...helpPage()].join(''), 200, HEADERS);
    const text = FILES.has(name) ? file(name) : undefined;
    if (text === undefined) return c.text('There is no such file.\n', 404, { 'Cache-Control': 'no-cache' });
    known.set(name, text);
    return c.body(text, 200, { ...HEADERS, 'Content-Type': 'text/javascript; charset=utf-8' });
  });
}
