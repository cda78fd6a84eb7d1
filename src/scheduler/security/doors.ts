import { PAGE_ROOTS } from '../../api/views/screens.ts';
import type { Permission } from './permission.ts';

/**
 * Who may use a path: `everyone`; with `calls`, the route checks each request itself; otherwise whoever has the
 * permission `http:NAME`, followed by the path parameters that `scope` lists.
 */
export interface Door {
  /** Written like a route: `:name` is a parameter, `*` at the end matches anything. */
  readonly path: string;
  readonly opens: 'everyone' | 'calls' | 'permission';
  /** Second part of the permission, after `http`. */
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly shows: string;
}

const open = (path: string, shows: string): Door => ({ path, opens: 'everyone', shows });
const calls = (path: string, shows: string): Door => ({ path, opens: 'calls', shows });
const door = (path: string, name: string, shows: string, scope?: readonly string[]): Door => ({
  path,
  opens: 'permission',
  name,
  shows,
  ...(scope && { scope }),
});

/** Permission for a view, narrowed down to what the request asks about. */
export const viewPermission = (name: string, about: Permission): Permission => [
  'http',
  'view',
  name,
  ...about,
];

const JOB = ['role', 'env', 'job'];

/** A path about the job that its query or body names; the route checks the permission once it knows the job. */
const sandboxes = (path: string, shows: string): Door => ({
  path,
  opens: 'calls',
  name: 'sandboxes',
  scope: JOB,
  shows,
});

/**
 * Every path that the scheduler serves. The first match counts. A path that matches none needs `http:unlisted`, which
 * only wildcards grant. A test compares this list with the routes in both directions.
 */
export const DOORS: readonly Door[] = [
  open('/health', 'whether the process can do its work'),
  calls('/api', 'Thrift calls'),
  calls('/apibeta/:method', 'the same calls in plain JSON'),
  sandboxes('/api/view/logs', 'what the processes of tasks write'),
  sandboxes('/api/view/files', 'the sandboxes of tasks'),
  sandboxes('/api/view/usage', 'what tasks use'),
  calls(
    '/api/view/events',
    'when the page has to look again: `http:view:events[:role[:environment[:name]]]`',
  ),
  calls('/api/view/:name', 'what a screen shows, as JSON: `http:view:NAME[:role[:environment[:name]]]`'),
  open('/assets/:name', 'scripts and styles of the page'),
  open('/assets/scheduler/*', 'the way to the page, from where the original has it'),
  open('/apiclient/:name', 'the client for pages of others, and what it can call'),
  ...PAGE_ROOTS.flatMap((root) => [
    door(root, 'page', 'the page; what it shows takes the permission of the view'),
    door(`${root}/*`, 'page', 'the page'),
  ]),
  door('/apibeta', 'help', 'the way to the list of calls'),
  door('/apihelp/index.html', 'help', 'the list of calls'),
  door('/leaderhealth', 'leaderhealth', 'who leads'),
  door('/vars', 'vars', 'metrics'),
  door('/vars.json', 'vars', 'metrics'),
  door('/metrics', 'metrics', 'metrics for Prometheus'),
  door('/events', 'events', 'what happens, as a stream'),
  door('/state', 'state', 'all tasks, hosts and jobs'),
  door('/pendingtasks', 'pendingtasks', 'why tasks are not placed'),
  door('/agents', 'agents', 'agents and their attributes'),
  door('/slaves', 'agents', 'agents and their attributes'),
  door('/maintenance', 'maintenance', 'hosts in maintenance'),
  door('/offers', 'offers', 'offers that are held'),
  door('/quotas', 'quotas', 'quotas of roles'),
  door('/tiers', 'tiers', 'tiers'),
  door('/cron', 'cron', 'cron jobs'),
  door('/utilization', 'utilization', 'use of resources'),
  door('/utilization/:metric/:role?', 'utilization', 'use of resources'),
  door('/unknowntasks', 'unknowntasks', 'running tasks that are not in the state'),
  door('/structdump/task/:id', 'structdump', 'a task as it is stored, with all that its executor is told'),
  door('/structdump', 'structdump', 'how tasks and cron jobs are shown as they are stored'),
  door('/structdump/cron/:role/:env/:job', 'structdump', 'a cron job as it is stored', JOB),
  door('/mname', 'mname', 'how instances are found by name'),
  door('/mname/:role/:env/:job/:instance', 'mname', 'the way to an instance', JOB),
  door('/mname/:role/:env/:job/:instance/*', 'mname', 'the way to an instance', JOB),
  door('/', 'page', 'the way to the page; of a scheduler that does not lead, who does'),
  door('/index.html', 'page', 'the same'),
];

const UNLISTED = door('*', 'unlisted', 'paths that are not there');

function pattern({ path }: Door): RegExp {
  const source = path
    .split('/')
    .slice(1)
    .map((part) => {
      if (part === '*') return '(?:/.*)?';
      const [, name, optional] = /^:(\w+)(\?)?$/.exec(part) ?? [];
      if (name === undefined) return `/${part.replace(/[.+]/g, '\\$&')}`;
      return optional ? `(?:/(?<${name}>[^/]+))?` : `/(?<${name}>[^/]+)`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

const PATTERNS = DOORS.map((of) => [pattern(of), of] as const);

/** The door of a path, and the permission that it needs if it is of the kind 'permission'. */
export function doorOf(path: string): { readonly door: Door; readonly permission: Permission } {
  for (const [regexp, found] of PATTERNS) {
    const match = regexp.exec(path);
    if (match)
      return {
        door: found,
        permission: [
          'http',
          found.name ?? '',
          ...(found.scope ?? []).map((part) => decoded(match.groups?.[part] ?? '')),
        ],
      };
  }
  return { door: UNLISTED, permission: ['http', 'unlisted'] };
}

/** Decodes a part of a path, as the router does for its parameters. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
