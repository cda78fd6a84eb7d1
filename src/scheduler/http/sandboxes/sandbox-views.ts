import { setMaxListeners } from 'node:events';
import type { Context, Hono } from 'hono';
import { ACTIVE_STATES, type JobKey, type ScheduledTask } from '../../../api/index.ts';
import { type LogRequest, writtenLogEvent } from '../../../api/views/log-event.ts';
import type { SandboxListing, UsageView, UsedByTask } from '../../../api/views/sandbox-view.ts';
import { messageOf } from '../../../base/errors.ts';
import { followLogs, isMeant } from '../../../sandbox/log-view.ts';
import { type Sandboxes, sandboxes } from '../../../sandbox/sandboxes.ts';
import { turnstile } from '../../../sandbox/turnstile.ts';
import type { FlagSlice } from '../../flags/slices.ts';
import type { World } from '../../parts/part.ts';
import type { CallerEnv } from '../caller.ts';
import type { Denials } from '../denials.ts';
import type { AgentAddresses } from './agent-addresses.ts';
import { checkedLogRequest, logRequestOfQuery } from './log-request.ts';
import { pacedBody } from './paced-body.ts';
import { refusal, sandboxPermission } from './view-refusal.ts';
import { taskFeed, type ViewedTasksSettings, viewedTask } from './viewed-tasks.ts';

export interface SandboxViewsSettings
  extends ViewedTasksSettings,
    Pick<World, 'counters' | 'log' | 'random'> {
  readonly flags: FlagSlice<'sandboxViews'>;
  readonly addresses: AgentAddresses;
  /** Default: reads over the network. */
  readonly reader?: Sandboxes | undefined;
}

/** Most views open at once: followed logs and file downloads together. */
const MOST_VIEWS = 64;
const BYTES_PER_SEC = 2 ** 20;
/** Downloads may be faster than log views, because they end. */
const DOWNLOAD_BYTES_PER_SEC = 8 * 2 ** 20;
/** Most instances that one view follows at once. */
const MOST_INSTANCES = 50;
const MOST_USED = 1_000;
/** Most agents asked for the resource usage of their tasks at once. */
const MOST_ASKED = 16;
const BLOCK_BYTES = 256 * 1024;
const COMMENT = new TextEncoder().encode(': \n\n');

/**
 * Routes that read the sandboxes of tasks from their agents, so that only the scheduler needs network access to agents.
 */
export interface SandboxViews {
  routes(app: Hono<CallerEnv>, denials: Denials): void;
  close(): void;
}

export function sandboxViews(settings: SandboxViewsSettings): SandboxViews {
  const { addresses, clock, counters, executors, flags, log, storage } = settings;
  const reader = settings.reader ?? sandboxes({ addresses, clock });
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);
  const gate = turnstile(MOST_ASKED);
  let views = 0;
  counters.gauge('sandbox_views_open', () => views);
  counters.add('sandbox_views', 0);
  counters.add('sandbox_view_bytes', 0);
  counters.add('sandbox_views_refused', 0);

  const stored = (id: string): ScheduledTask | undefined => storage.read(({ tasks }) => tasks.get(id));
  const shown = (task: ScheduledTask) =>
    storage.read(({ framework }) => viewedTask(task, executors, framework.id()));
  let turnedAway: Denials | undefined;
  /** The refusal for a caller who may not read the sandboxes of one of the jobs; undefined when they may read all. */
  const forbidden = async (c: Context<CallerEnv>, jobs: readonly JobKey[]): Promise<Response | undefined> => {
    const caller = c.get('caller');
    const lacking = jobs.map(sandboxPermission).find((permission) => !caller.grants.permits(permission));
    if (!lacking) return undefined;
    if (caller.authenticatedBy === 'none' && turnedAway) return turnedAway.anonymous(c, caller);
    return refusal(
      c,
      'forbidden',
      (await turnedAway?.permission(caller, lacking, c.req.path)) ?? 'it is not permitted',
    );
  };
  const busy = (c: Context<CallerEnv>) => {
    if (views < MOST_VIEWS) return undefined;
    counters.add('sandbox_views_refused');
    return refusal(c, 'busy', `${MOST_VIEWS} views are open already`);
  };

  /** A body that counts as an open view from its first byte to its last. */
  const view = (
    bytesPerSec: number,
    make: (write: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal) => Promise<void>,
    comment?: Uint8Array,
  ) => {
    views++;
    counters.add('sandbox_views');
    return pacedBody({
      clock,
      bytesPerSec,
      comment,
      signal: closed.signal,
      make: (write, signal) =>
        make((bytes) => {
          counters.add('sandbox_view_bytes', bytes.length);
          return write(bytes);
        }, signal),
      ended(error) {
        views--;
        if (error !== undefined) log.warn({ error: messageOf(error) }, 'a view of a sandbox failed');
      },
    });
  };

  const logs = async (c: Context<CallerEnv>, request: LogRequest | { readonly problem: string }) => {
    if ('problem' in request) return refusal(c, 'bad request', request.problem);
    const { job, tasks: ids = [] } = request;
    const found = ids.map(stored);
    const missing = ids.find((_, at) => !found[at]);
    if (missing !== undefined) return refusal(c, 'no such task', `there is no task ${missing}`);
    const jobs = job ? [job] : found.flatMap((task) => task?.assignedTask.task.job ?? []);
    const no = (await forbidden(c, jobs)) ?? busy(c);
    if (no) return no;
    if (job && storage.read(({ tasks }) => tasks.ofJob(job)).length === 0)
      return refusal(c, 'no such task', `${job.role}/${job.environment}/${job.name} has no tasks`);
    const encoder = new TextEncoder();
    const body = view(
      BYTES_PER_SEC,
      async (write, signal) => {
        const feed = taskFeed(settings, job ? { job } : { ids });
        try {
          await followLogs({
            ...settings,
            request,
            feed,
            sandboxes: reader,
            mostInstances: MOST_INSTANCES,
            signal,
            emit: (event) => write(encoder.encode(writtenLogEvent(event))),
          });
        } finally {
          feed.close();
        }
      },
      COMMENT,
    );
    return c.body(body as ReadableStream<Uint8Array<ArrayBuffer>>, 200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
  };

  const files = async (c: Context<CallerEnv>) => {
    const { download, path: asked = '', task: id = '' } = c.req.query();
    const task = stored(id);
    if (!task) return refusal(c, 'no such task', `there is no task ${id}`);
    const no = await forbidden(c, [task.assignedTask.task.job]);
    if (no) return no;
    const { place } = shown(task);
    if (!place) return refusal(c, 'no such file', `${id} has no place yet, and so no sandbox`);
    const parts = asked.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..') || asked.includes('\0'))
      return refusal(c, 'bad request', 'a path does not lead out of the sandbox');
    const path = parts.join('/');
    const missing = () =>
      refusal(c, 'no such file', `the sandbox of ${id} has no ${path === '' ? 'files any more' : path}`);
    try {
      if (download === undefined) {
        const entries = await reader.list(place, path, c.req.raw.signal);
        return entries ? c.json({ task: id, path, entries } satisfies SandboxListing) : missing();
      }
      const full = busy(c);
      if (full) return full;
      const first = await reader.read(place, path, { offset: 0, length: BLOCK_BYTES }, closed.signal);
      if (!first) return missing();
      const body = view(DOWNLOAD_BYTES_PER_SEC, async (write, signal) => {
        let { bytes } = first;
        for (let offset = 0; ; ) {
          if (bytes.length > 0) await write(bytes);
          offset += bytes.length;
          if (offset >= first.size) return;
          const length = Math.min(BLOCK_BYTES, first.size - offset);
          const part = await reader.read(place, path, { offset, length }, signal);
          if (!part || part.bytes.length === 0) throw new Error(`${path} became shorter while it was read`);
          bytes = part.bytes;
        }
      });
      const name = encodeURIComponent(parts.at(-1) ?? 'file');
      return c.body(body as ReadableStream<Uint8Array<ArrayBuffer>>, 200, {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': `attachment; filename*=UTF-8''${name}`,
        'Content-Length': String(first.size),
        'Cache-Control': 'no-store, no-transform',
        'X-Content-Type-Options': 'nosniff',
      });
    } catch (error) {
      return refusal(c, 'unreachable', messageOf(error));
    }
  };

  const usage = async (c: Context<CallerEnv>) => {
    const request = logRequestOfQuery(c.req.query());
    if ('problem' in request || !request.job)
      return refusal(
        c,
        'bad request',
        'problem' in request ? request.problem : 'job is role/environment/name',
      );
    const { job } = request;
    const no = await forbidden(c, [job]);
    if (no) return no;
    const live = storage
      .read(({ tasks }) => tasks.ofJob(job))
      .filter(
        ({ assignedTask, status }) => ACTIVE_STATES.has(status) && isMeant(request, assignedTask.instanceId),
      )
      .map(shown)
      .sort((a, b) => a.instance - b.instance)
      .slice(0, MOST_USED);
    const signal = c.req.raw.signal;
    const tasks = await Promise.all(
      live.map(async ({ instance, place, status, taskId }): Promise<UsedByTask> => {
        const known = { task: taskId, instance, status, host: place?.host };
        if (!place) return known;
        try {
          const used = await gate(() => reader.usage(place, signal));
          return used ? { ...known, ...used } : { ...known, problem: 'nobody measures it' };
        } catch (error) {
          return { ...known, problem: messageOf(error) };
        }
      }),
    );
    return c.json({ tasks } satisfies UsageView);
  };

  const off = (c: Context<CallerEnv>) =>
    refusal(c, 'off', 'this scheduler shows no sandboxes: -page_log_proxy=false');
  return {
    routes(app, denials) {
      turnedAway = denials;
      const on = flags.pageLogProxy;
      app.get('/api/view/logs', (c) => (on ? logs(c, logRequestOfQuery(c.req.query())) : off(c)));
      app.post('/api/view/logs', async (c) =>
        on ? logs(c, checkedLogRequest(await c.req.json().catch(() => undefined))) : off(c),
      );
      app.get('/api/view/files', (c) => (on ? files(c) : off(c)));
      app.get('/api/view/usage', (c) => (on ? usage(c) : off(c)));
    },
    close() {
      closed.abort(new Error('the scheduler stops'));
      reader.close();
    },
  };
}
