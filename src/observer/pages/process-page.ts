import type { ObservedTask } from '../tasks/registry.ts';
import type { RunView } from '../views.ts';
import { bytes, cores, href, html, page, time } from './layout.ts';
import { logLinks } from './task-page.ts';

interface ProcessConfig {
  readonly name?: unknown;
  readonly cmdline?: unknown;
}

function commandOf(config: unknown, name: string): string {
  const { processes } = (config ?? {}) as { processes?: readonly ProcessConfig[] };
  const found = Array.isArray(processes) ? processes.find((one) => one?.name === name) : undefined;
  return typeof found?.cmdline === 'string' ? found.cmdline : '';
}

/** The page of a process with all its runs, newest first. */
export function processPage(task: ObservedTask, name: string, runs: readonly RunView[]): string {
  const used = runs.at(-1)?.used;
  const rows = runs
    .toReversed()
    .map(
      (run) =>
        html`<tr><td>${run.process_run}</td><td>${run.state}</td><td>${run.return_code}</td><td>${time(run.start_time)}</td><td>${time(run.stop_time)}</td><td>${logLinks(task.taskId, run)}</td></tr>`,
    );
  const usage = used
    ? html`<p>${cores(used.cpu)} cores, ${bytes(used.ram)} of memory, ${used.threads} threads</p>`
    : undefined;
  return page(
    `Process ${name}`,
    html`<p><a href="${href('task', task.taskId)}">task ${task.taskId}</a></p>${usage}<h2>Command</h2><pre>${commandOf(task.config(), name)}</pre><h2>Runs</h2><div class="scrolls" tabindex="0" role="region" aria-label="table"><table><thead><tr><th scope="col">run</th><th scope="col">state</th><th scope="col">exit code</th><th scope="col">started</th><th scope="col">ended</th><th scope="col">output</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}
