/** The views that the page requests, by their names below /api/view. */
export type ViewName =
  | 'session'
  | 'roles'
  | 'jobs'
  | 'job'
  | 'instance'
  | 'task'
  | 'update'
  | 'updates'
  | 'pending'
  | 'agents'
  | 'agent'
  | 'maintenance'
  | 'cron'
  | 'quota'
  | 'search'
  | 'scheduler';

export type ScreenName =
  | 'cluster'
  | 'role'
  | 'environment'
  | 'job'
  | 'instance'
  | 'task'
  | 'update'
  | 'updates'
  | 'pending'
  | 'agents'
  | 'agent'
  | 'maintenance'
  | 'cron'
  | 'quota'
  | 'search'
  | 'scheduler';

type Parameters = Readonly<Record<string, string>>;

interface ScreenRoute {
  readonly screen: ScreenName;
  /** A segment `:name` matches anything, `#name` only digits. */
  readonly path: string;
  readonly view: ViewName;
  /** The parameters for the view, from the path and the page's query. */
  ask(path: Parameters, query: Parameters): Parameters;
}

const LIST = ['q', 'sort', 'dir', 'cursor', 'size'] as const;

/** The parameters of these names that are present. */
const some = (query: Parameters, ...names: readonly string[]): Parameters =>
  Object.fromEntries(names.flatMap((name) => (query[name] ? [[name, query[name] as string]] : [])));

const jobOf = ({ env, name, role }: Parameters): Parameters => ({ job: `${role}/${env}/${name}` });

/**
 * Every address of the page, with the view that fills it: the scheduler sends that view with the document, and the page
 * requests it again later. The first matching route is used. Source of the addresses below /scheduler and /updates: the
 * original's page.
 */
export const SCREENS: readonly ScreenRoute[] = [
  { screen: 'cluster', path: '/scheduler', view: 'roles', ask: (_, query) => some(query, ...LIST) },
  {
    screen: 'role',
    path: '/scheduler/:role',
    view: 'jobs',
    ask: ({ role = '' }, query) => ({ role, ...some(query, ...LIST, 'kind') }),
  },
  {
    screen: 'environment',
    path: '/scheduler/:role/:env',
    view: 'jobs',
    ask: ({ env = '', role = '' }, query) => ({ role, environment: env, ...some(query, ...LIST, 'kind') }),
  },
  {
    screen: 'job',
    path: '/scheduler/:role/:env/:name',
    view: 'job',
    ask: (path, query) => ({ ...jobOf(path), ...some(query, 'cursor') }),
  },
  {
    screen: 'instance',
    path: '/scheduler/:role/:env/:name/#instance',
    view: 'instance',
    ask: (path) => ({ ...jobOf(path), instance: path.instance ?? '' }),
  },
  {
    screen: 'task',
    path: '/scheduler/:role/:env/:name/task/:id',
    view: 'task',
    ask: (path) => ({ ...jobOf(path), id: path.id ?? '' }),
  },
  {
    screen: 'update',
    path: '/scheduler/:role/:env/:name/update/:id',
    view: 'update',
    ask: (path, query) => ({ ...jobOf(path), id: path.id ?? '', ...some(query, 'with') }),
  },
  {
    screen: 'updates',
    path: '/updates',
    view: 'updates',
    ask: (_, query) => some(query, ...LIST, 'status', 'role', 'user'),
  },
  { screen: 'pending', path: '/pending', view: 'pending', ask: (_, query) => some(query, ...LIST) },
  {
    screen: 'agents',
    path: '/agents/map',
    view: 'agents',
    ask: (_, query) => some(query, ...LIST, 'mode', 'rack'),
  },
  {
    screen: 'agent',
    path: '/agents/host/:host',
    view: 'agent',
    ask: ({ host = '' }, query) => ({ host, ...some(query, 'agent') }),
  },
  { screen: 'maintenance', path: '/maintenance/view', view: 'maintenance', ask: () => ({}) },
  { screen: 'cron', path: '/cron/view', view: 'cron', ask: (_, query) => some(query, ...LIST) },
  { screen: 'quota', path: '/quotas/view', view: 'quota', ask: (_, query) => some(query, ...LIST) },
  { screen: 'search', path: '/search', view: 'search', ask: (_, query) => some(query, 'q') },
  { screen: 'scheduler', path: '/state/view', view: 'scheduler', ask: () => ({}) },
];

/** Prefixes of the page's addresses. */
export const PAGE_ROOTS: readonly string[] = [
  ...new Set(SCREENS.map(({ path }) => path.split('/:')[0] as string)),
];

/** A screen at an address. */
export interface ScreenPlace {
  readonly screen: ScreenName;
  readonly view: ViewName;
  readonly path: Parameters;
  readonly query: Parameters;
  /** The request to the scheduler: a path with a query. */
  readonly request: string;
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

function fits(pattern: string, segments: readonly string[]): Parameters | undefined {
  const parts = pattern.split('/').slice(1);
  if (parts.length !== segments.length) return undefined;
  const found: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const segment = segments[at] as string;
    const isName = part.startsWith(':') || part.startsWith('#');
    if (part.startsWith('#') ? !/^\d+$/.test(segment) : isName ? segment === '' : part !== segment)
      return undefined;
    if (isName) found[part.slice(1)] = segment;
  }
  return found;
}

/** The request for a view. */
export function viewRequest(view: ViewName, query: Parameters): string {
  const text = new URLSearchParams(query).toString();
  return `/api/view/${view}${text === '' ? '' : `?${text}`}`;
}

/** The screen for a path (with or without a final slash) and a query; undefined when the address is not the page's. */
export function screenAt(pathname: string, search: string): ScreenPlace | undefined {
  const segments = pathname.replace(/\/+$/, '').split('/').slice(1).map(decoded);
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const { ask, path: pattern, screen, view } of SCREENS) {
    const path = fits(pattern, segments);
    if (path) return { screen, view, path, query, request: viewRequest(view, ask(path, query)) };
  }
  return undefined;
}
