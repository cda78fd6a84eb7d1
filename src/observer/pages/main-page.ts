import type { Observer } from '../observer.ts';
import { type MainRow, mainView } from '../views.ts';
import { bytes, cores, type Html, href, html, page, time } from './layout.ts';

const row = (task: MainRow): Html =>
  html`<tr><td><a href="${href('task', task.task_id)}">${task.name || task.task_id}</a></td><td>${task.role}</td><td>${time(task.launch_timestamp)}</td><td>${task.state} ${time(task.state_timestamp)}</td><td class="number">${cores(task.cpu)}</td><td class="number">${bytes(task.ram)}</td><td class="number">${bytes(task.disk)}</td><td><a href="${href('browse', task.task_id)}">browse</a></td><td>${Object.entries(
    task.ports,
  ).map(([name, port]) => html`${name} ${port} `)}</td></tr>`;

interface Page {
  readonly type: string;
  readonly offset: number;
  readonly num: number;
}

function table(observer: Observer, wanted: Page): Html {
  const { tasks, type, offset, num, task_count } = mainView(observer.tasks, observer.usage, wanted);
  if (task_count === 0) return html`<p>No ${type === 'all' ? '' : type} tasks.</p>`;
  const older =
    offset + num < task_count
      ? html` <a href="${href('main', type, offset + num, num)}">older</a>`
      : undefined;
  const newer =
    offset > 0 ? html` <a href="${href('main', type, Math.max(0, offset - num), num)}">newer</a>` : undefined;
  return html`<div class="scrolls" tabindex="0" role="region" aria-label="table"><table><thead><tr><th scope="col">name</th><th scope="col">role</th><th scope="col">launched</th><th scope="col">status</th><th scope="col" class="number">cpu</th><th scope="col" class="number">ram</th><th scope="col" class="number">disk</th><th scope="col">sandbox</th><th scope="col">ports</th></tr></thead><tbody>${tasks.map(row)}</tbody></table></div><p>${tasks.length} of ${task_count}${newer}${older}</p>`;
}

export const mainPage = (observer: Observer, wanted: Page): string =>
  page(`${wanted.type === 'all' ? 'All' : wanted.type} tasks`, table(observer, wanted));

export const indexPage = (observer: Observer): string => {
  const first = (type: string) => table(observer, { type, offset: 0, num: 20 });
  return page(
    `Tasks on ${observer.hostname}`,
    html`<h2>Active</h2>${first('active')}<h2>Finished</h2>${first('finished')}`,
  );
};
