import type { Context, Hono } from 'hono';
import { encodePlain } from '../../../api/index.ts';
import { validJobKey } from '../../jobs/job-key.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { CallerEnv } from '../caller.ts';
import { escaped } from './html.ts';
import type { PageSettings } from './page-settings.ts';

/** The port to redirect to is the first of these names that the task has. Source: the original's Mname. */
const PORT_NAMES = ['health', 'http', 'HTTP', 'web', 'admin'] as const;

const USAGE = `<html>Redirects from the name of an instance to the place where it runs.
<p>GET, PUT, POST and DELETE are answered with status 307, so that clients repeat the same request there.</p>
Usage: /mname/{role}/{env}/{job}/{instance}[/{path}]</html>
`;

const DUMP_USAGE = `<html>Shows a task or a cron job as it is stored.
<p>Usage: /structdump/task/{task_id} or /structdump/cron/{role}/{env}/{job}</p></html>
`;

const PREFIX_PARTS = 6;

/** The part of the path after the instance, as the client wrote it, with the query. */
function forwarded(url: string): string {
  const { pathname, search } = new URL(url);
  return `/${pathname.split('/').slice(PREFIX_PARTS).join('/')}${search}`;
}

/** /mname finds instances by name; /structdump shows a task or a cron job as it is stored. */
export function taskPages(app: Hono<CallerEnv>, { storage }: PageSettings): void {
  const redirect = (c: Context) => {
    const { role, env: environment, job: name, instance = '' } = c.req.param();
    const job = validJobKey({ role, environment, name } as Record<string, string>);
    const task =
      job && /^\d+$/.test(instance)
        ? storage.read(({ tasks }) => tasks.activeInstance(job, Number(instance)))
        : undefined;
    if (!task) return c.text('No such live instance found.\n', 404);
    if (task.status !== 'RUNNING')
      return c.text(`The selected instance is currently in state ${task.status}\n`, 404);
    const { assignedPorts, slaveHost } = task.assignedTask;
    const portName = PORT_NAMES.find((name) => assignedPorts[name] !== undefined);
    if (portName === undefined) return c.text('The task does not have a registered http port.\n', 404);
    const location = `http://${slaveHost}:${assignedPorts[portName]}${forwarded(c.req.url)}`;
    return c.body(null, 307, { Location: location });
  };
  app.get('/mname', (c) => c.html(USAGE, 400));
  app.on(['GET', 'PUT', 'POST', 'DELETE'], '/mname/:role/:env/:job/:instance', redirect);
  app.on(['GET', 'PUT', 'POST', 'DELETE'], '/mname/:role/:env/:job/:instance/*', redirect);

  const dump = (c: Context, title: string, plain: string) => {
    const text = JSON.stringify(JSON.parse(plain), undefined, 2);
    return c.html(
      `<!DOCTYPE html>\n<html><title>${escaped(title)}</title><pre>${escaped(text)}</pre></html>\n`,
    );
  };
  app.get('/structdump', (c) => c.html(DUMP_USAGE, 400));
  app.get('/structdump/task/:id', (c) => {
    const id = c.req.param('id');
    const task = storage.read(({ tasks }) => tasks.get(id));
    if (!task) return c.text(`There is no task ${id}.\n`, 404);
    return dump(c, id, encodePlain('ScheduledTask', task));
  });
  app.get('/structdump/cron/:role/:env/:job', (c) => {
    const { role, env: environment, job: name } = c.req.param();
    const key = validJobKey({ role, environment, name });
    const job = key && storage.read(({ cronJobs }) => cronJobs.get(key));
    if (!job) return c.text(`There is no cron job ${role}/${environment}/${name}.\n`, 404);
    return dump(c, jobKeyText(job.key), encodePlain('JobConfiguration', job));
  });
}
