import type { Observer } from '../observer.ts';
import type { ObservedTask } from '../tasks/registry.ts';
import { latestRuns, type RunView, readState, taskView } from '../views.ts';
import { bytes, cores, type Html, href, html, page, time } from './layout.ts';

export const logLinks = (taskId: string, { process_name, process_run }: RunView): Html =>
  html`<a href="${href('logs', taskId, process_name, process_run, 'stdout')}">stdout</a> <a href="${href('logs', taskId, process_name, process_run, 'stderr')}">stderr</a>`;

const run = (taskId: string, view: RunView): Html =>
  html`<tr><td><a href="${href('process', taskId, view.process_name)}">${view.process_name}</a></td><td>${view.process_run}</td><td>${view.state}</td><td>${view.return_code}</td><td>${time(view.start_time)}</td><td>${time(view.stop_time)}</td><td class="number">${view.used ? cores(view.used.cpu) : ''}</td><td class="number">${view.used ? bytes(view.used.ram) : ''}</td><td>${logLinks(taskId, view)}</td></tr>`;

/** The page of a task; undefined while its checkpoint holds no state. */
export function taskPage(observer: Observer, task: ObservedTask): string | undefined {
  const view = taskView(task, observer.usage);
  const state = readState(task);
  if (!view || !state) return undefined;
  const { task_id: id, user, ports, resource_consumption: used } = view;
  const host = state.header?.hostname ?? observer.hostname;
  const history = state.statuses.map(
    ({ state: name, timestamp_ms: at }) => html`<li>${name} ${time(Math.floor(Number(at ?? 0) / 1000))}</li>`,
  );
  const damage = task.checkpoint.damage();
  const links = Object.entries(ports).map(
    ([name, port]) => html`<a href="http://${host}:${port}">${name}</a> ${port} `,
  );
  return page(
    view.name || id,
    html`${damage === undefined ? undefined : html`<p role="alert">The checkpoint is damaged: ${damage}</p>`}<dl><div><dt>task</dt><dd>${id}</dd></div><div><dt>user</dt><dd>${user}</dd></div><div><dt>host</dt><dd>${host}</dd></div><div><dt>ports</dt><dd>${links}</dd></div><div><dt>sandbox</dt><dd><a href="${href('browse', id)}">browse</a></dd></div><div><dt>configuration</dt><dd><a href="${href('rawtask', id)}">JSON</a></dd></div><div><dt>launched</dt><dd>${time(view.launch_timestamp)}</dd></div><div><dt>uses</dt><dd>${cores(used.cpu)} cores, ${bytes(used.ram)} of memory, ${bytes(used.disk)} of disk</dd></div></dl><h2>History</h2><ul>${history}</ul><h2>Processes</h2><div class="scrolls" tabindex="0" role="region" aria-label="table"><table><thead><tr><th scope="col">process</th><th scope="col">run</th><th scope="col">state</th><th scope="col">exit code</th><th scope="col">started</th><th scope="col">ended</th><th scope="col" class="number">cpu</th><th scope="col" class="number">ram</th><th scope="col">output</th></tr></thead><tbody>${Object.values(
      latestRuns(task, observer.usage),
    ).map((one) => run(id, one))}</tbody></table></div>`,
  );
}

export const rawTaskPage = (task: ObservedTask): string =>
  page(
    `Configuration of ${task.taskId}`,
    html`<p><a href="${href('task', task.taskId)}">task</a></p><pre>${JSON.stringify(task.config() ?? null, null, 2)}</pre>`,
  );
