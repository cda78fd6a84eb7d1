const path = (...parts: readonly (string | number)[]): string =>
  `/${parts.map((part) => encodeURIComponent(part)).join('/')}`;

/** Addresses of screens; `job` is `role/environment/name`. */
export const rolePath = (role: string, environment?: string): string =>
  environment === undefined ? path('scheduler', role) : path('scheduler', role, environment);
export const jobPath = (job: string): string => path('scheduler', ...job.split('/'));
export const instancePath = (job: string, instance: number): string =>
  path('scheduler', ...job.split('/'), instance);
export const taskPath = (job: string, taskId: string): string =>
  path('scheduler', ...job.split('/'), 'task', taskId);
export const updatePath = (job: string, id: string): string =>
  path('scheduler', ...job.split('/'), 'update', id);
export const agentPath = (host: string): string => path('agents', 'host', host);

/** The address with a changed query; undefined or '' removes a value. Without `cursor` it is the first page. */
export function withQuery(
  { pathname, search }: { readonly pathname: string; readonly search: string },
  change: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams(search);
  if (!('cursor' in change)) query.delete('cursor');
  for (const [name, value] of Object.entries(change))
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  const text = query.toString();
  return text === '' ? pathname : `${pathname}?${text}`;
}
