/** All routes of the observer. Paths and shapes are the original's; the pages need no scripts. */
import { type Context, Hono } from 'hono';
import { absence } from '../absence.ts';
import { chunk } from '../files/chunk.ts';
import { listInside } from '../files/inside.ts';
import type { Observer } from '../observer.ts';
import { browsePage } from '../pages/browse-page.ts';
import { errorPage } from '../pages/layout.ts';
import { filePage, logPage } from '../pages/log-page.ts';
import { indexPage, mainPage } from '../pages/main-page.ts';
import { processPage } from '../pages/process-page.ts';
import { rawTaskPage, taskPage } from '../pages/task-page.ts';
import { latestRuns, mainView, PHASES, runOf, runViews, taskView } from '../views.ts';
import { download } from './download.ts';
import { tail } from './tail.ts';
import { processVars } from './vars.ts';

const WHOLE = /^-?\d+$/;

/** The part of the path behind the task id, decoded; undefined when it cannot be decoded. */
function rest(c: Context, prefix: string, taskId: string): string | undefined {
  const path = new URL(c.req.url).pathname;
  const from = path.indexOf('/', `/${prefix}/`.length);
  if (from < 0) return '';
  try {
    return decodeURIComponent(path.slice(from + 1));
  } catch {
    return taskId === '' ? '' : undefined;
  }
}

const streamOf = (text: string): 'stdout' | 'stderr' | undefined =>
  text === 'stdout' || text === 'stderr' ? text : undefined;

/** The page of tasks that the path asks for; undefined when the path makes no sense. */
function pageOf(c: Context): { type: string; offset: number; num: number } | undefined {
  const { type = 'all', offset = '0', num = '20' } = c.req.param() as Record<string, string | undefined>;
  if (!PHASES.includes(type) || !WHOLE.test(offset) || !WHOLE.test(num)) return undefined;
  return { type, offset: Number(offset), num: Number(num) };
}

const MANY = ['', '/:type', '/:type/:offset', '/:type/:offset/:num'];

/** The place of a run's log below the sandbox; undefined when there is no such task, process, run or stream. */
function logOf(observer: Observer, c: Context) {
  const { task_id = '', process = '', run = '', logtype = '' } = c.req.param() as Record<string, string>;
  const task = observer.tasks.get(task_id);
  const stream = streamOf(logtype);
  if (!task || !stream || !WHOLE.test(run)) return undefined;
  const view = runOf(task, process, Number(run), observer.usage);
  const place = observer.logPath(task, process, view?.process_run ?? -1, stream);
  return view && place && { task, process, run: view.process_run, stream, ...place };
}

/** Why there is no answer: the task is not here, or else the reason that the caller gives. */
const whyNot = (observer: Observer, c: Context, otherwise: string): string => {
  const taskId = c.req.param('task_id');
  return (taskId === undefined ? undefined : absence(observer, taskId)) ?? otherwise;
};

/** Routes of the HTML pages. */
function pageRoutes(app: Hono, observer: Observer): void {
  const missing = (c: Context, what: string) =>
    c.html(errorPage('Not found', whyNot(observer, c, what)), 404);
  app.get('/', (c) => c.html(indexPage(observer)));
  for (const path of MANY)
    app.get(`/main${path}`, (c) => {
      const page = pageOf(c);
      return page ? c.html(mainPage(observer, page)) : missing(c, 'no such list of tasks');
    });
  app.get('/task/:task_id', (c) => {
    const task = observer.tasks.get(c.req.param('task_id'));
    const html = task && taskPage(observer, task);
    return html ? c.html(html) : missing(c, 'the task cannot be read');
  });
  app.get('/rawtask/:task_id', (c) => {
    const task = observer.tasks.get(c.req.param('task_id'));
    return task ? c.html(rawTaskPage(task)) : missing(c, 'the task cannot be read');
  });
  app.get('/process/:task_id/:process', (c) => {
    const { task_id, process } = c.req.param();
    const task = observer.tasks.get(task_id);
    const runs = task ? runViews(task, process, observer.usage) : [];
    return task && runs.length > 0
      ? c.html(processPage(task, process, runs))
      : missing(c, `task ${task_id} has no process ${process}`);
  });
  app.get('/logs/:task_id/:process/:run/:logtype', async (c) => {
    const log = logOf(observer, c);
    return log ? c.html(await logPage(log, c.req.query('offset'))) : missing(c, 'no such log');
  });
  const browse = (c: Context, taskId: string) => {
    const task = observer.tasks.get(taskId);
    const sandbox = task && observer.sandboxOf(task);
    const path = rest(c, 'browse', taskId);
    const entries = sandbox !== undefined && path !== undefined ? listInside(sandbox, path) : undefined;
    return task && sandbox && path !== undefined && entries
      ? c.html(browsePage(task.taskId, sandbox, path, entries))
      : missing(c, 'the sandbox has no such directory');
  };
  app.get('/browse/:task_id', (c) => browse(c, c.req.param('task_id')));
  app.get('/browse/:task_id/*', (c) => browse(c, c.req.param('task_id')));
  app.get('/file/:task_id/*', async (c) => {
    const taskId = c.req.param('task_id');
    const task = observer.tasks.get(taskId);
    const sandbox = task && observer.sandboxOf(task);
    const path = rest(c, 'file', taskId);
    if (!task || !sandbox || !path) return missing(c, 'the sandbox has no such file');
    const html = await filePage(taskId, sandbox, path, c.req.query('offset'));
    return html ? c.html(html) : missing(c, 'the sandbox has no such file');
  });
}

/** Routes of JSON and downloads, for pagers and programs. */
function dataRoutes(app: Hono, observer: Observer): void {
  const refused = (c: Context, what: string) => c.json({ error: whyNot(observer, c, what) }, 404);
  const range = (c: Context) => ({ offset: c.req.query('offset'), length: c.req.query('length') });
  app.get('/logdata/:task_id/:process/:run/:logtype', async (c) => {
    const log = logOf(observer, c);
    return c.json(log ? await chunk(log.sandbox, log.path, range(c)) : {});
  });
  app.get('/filedata/:task_id/*', async (c) => {
    const taskId = c.req.param('task_id');
    const task = observer.tasks.get(taskId);
    const sandbox = task && observer.sandboxOf(task);
    const path = rest(c, 'filedata', taskId);
    return c.json(sandbox && path ? await chunk(sandbox, path, range(c)) : {});
  });
  app.get('/download/:task_id/*', (c) => {
    const taskId = c.req.param('task_id');
    const task = observer.tasks.get(taskId);
    const sandbox = task && observer.sandboxOf(task);
    const path = rest(c, 'download', taskId);
    const answer = sandbox && path ? download(sandbox, path, c.req.header('range')) : undefined;
    return answer ?? c.text(`${whyNot(observer, c, 'the sandbox has no such file')}\n`, 404);
  });
  const browsed = (c: Context, taskId: string) => {
    const task = observer.tasks.get(taskId);
    const sandbox = task && observer.sandboxOf(task);
    const path = rest(c, 'j/browse', taskId);
    const entries = sandbox && path !== undefined ? listInside(sandbox, path) : undefined;
    return entries ? c.json({ entries }) : refused(c, 'the sandbox has no such directory');
  };
  app.get('/j/browse/:task_id', (c) => browsed(c, c.req.param('task_id')));
  app.get('/j/browse/:task_id/*', (c) => browsed(c, c.req.param('task_id')));
  for (const path of MANY)
    app.get(`/j/task_ids${path}`, (c) => {
      const page = pageOf(c);
      return page
        ? c.json(mainView(observer.tasks, observer.usage, page))
        : c.json({ error: `type is one of ${PHASES.join(', ')}; offset and num are whole numbers` }, 404);
    });
  app.get('/j/task_id_count', (c) => c.json(observer.tasks.count()));
  const idsOf = (c: Context) => (c.req.query('task_id') ?? '').split(',').filter(Boolean);
  const views = (taskIds: readonly string[]) =>
    Object.fromEntries(
      taskIds.flatMap((id) => {
        const task = observer.tasks.get(id);
        const view = task && taskView(task, observer.usage);
        return view ? [[id, view] as const] : [];
      }),
    );
  app.get('/j/task', (c) => c.json(views(idsOf(c))));
  app.get('/j/task/:task_id', (c) => {
    const found = views([c.req.param('task_id')]);
    return Object.keys(found).length > 0
      ? c.json(found)
      : refused(c, 'the checkpoint of the task cannot be read');
  });
  const run = (c: Context) => {
    const { task_id = '', process = '', run } = c.req.param() as Record<string, string>;
    const task = observer.tasks.get(task_id);
    if (run !== undefined && !WHOLE.test(run)) return c.json({});
    return c.json(
      (task && runOf(task, process, run === undefined ? undefined : Number(run), observer.usage)) ?? {},
    );
  };
  app.get('/j/process/:task_id', (c) => c.json({}));
  app.get('/j/process/:task_id/:process', run);
  app.get('/j/process/:task_id/:process/:run', run);
  app.get('/j/processes', (c) =>
    c.json(
      Object.fromEntries(
        idsOf(c).flatMap((id) => {
          const task = observer.tasks.get(id);
          return task ? [[id, latestRuns(task, observer.usage)] as const] : [];
        }),
      ),
    ),
  );
  app.get('/j/history/:task_id', (c) => {
    const taskId = c.req.param('task_id');
    return observer.tasks.get(taskId)
      ? c.json({ task_id: taskId, points: observer.history(taskId) })
      : refused(c, 'the checkpoint of the task cannot be read');
  });
  app.get('/j/metrics/:task_id', (c) => {
    const task = observer.tasks.get(c.req.param('task_id'));
    const metrics = task && observer.executorMetrics(task);
    return metrics ? c.json(metrics) : refused(c, 'the executor of this task tells no metrics');
  });
}

/** Routes of event streams that follow a growing file; see tail.ts. */
function tailRoutes(app: Hono, observer: Observer): void {
  const refused = (c: Context, what: string) => c.json({ error: whyNot(observer, c, what) }, 404);
  app.get('/tail/:task_id/:process/:run/:logtype', (c) => {
    const log = logOf(observer, c);
    if (!log) return refused(c, 'no such log');
    return tail(observer, log.sandbox, log.path, c.req.query('offset'));
  });
  app.get('/tailfile/:task_id/*', (c) => {
    const taskId = c.req.param('task_id');
    const task = observer.tasks.get(taskId);
    const sandbox = task && observer.sandboxOf(task);
    const path = rest(c, 'tailfile', taskId);
    if (!sandbox || !path) return refused(c, 'the sandbox has no such file');
    return tail(observer, sandbox, path, c.req.query('offset'));
  });
}

/** The whole application; tests call `app.request` and need no socket. */
export function observerApp(observer: Observer): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  });
  pageRoutes(app, observer);
  dataRoutes(app, observer);
  tailRoutes(app, observer);
  const vars = processVars(observer.clock);
  app.get('/vars', (c) =>
    c.text(
      Object.entries(vars())
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    ),
  );
  app.get('/vars.json', (c) => c.json(vars()));
  app.get('/vars/:name', (c) => {
    const value = vars()[c.req.param('name')];
    return value === undefined ? c.text('no such variable\n', 404) : c.text(`${value}`);
  });
  app.get('/health', (c) => c.text('OK'));
  app.get('/favicon.ico', (c) => c.body(null, 204));
  app.notFound((c) => c.html(errorPage('Not found', 'There is nothing at this address.'), 404));
  app.onError((error, c) => {
    observer.log.error({ error: error.message, path: c.req.path }, 'a request failed');
    return c.text('Internal error\n', 500);
  });
  return app;
}
