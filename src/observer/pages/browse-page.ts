import type { Entry } from '../files/inside.ts';
import { type Html, href, html, page } from './layout.ts';

/** The listing of a directory. Directories are not put first, so that every name is found in alphabetical order. */
export function browsePage(taskId: string, sandbox: string, path: string, entries: readonly Entry[]): string {
  const parts = path.split('/').filter(Boolean);
  const line = ({ name, kind }: Entry): Html => {
    const at = [...parts, name];
    if (kind === 'directory') return html`<li><a href="${href('browse', taskId, ...at)}">${name}/</a></li>`;
    if (kind === 'other') return html`<li>${name}</li>`;
    return html`<li><a href="${href('file', taskId, ...at)}">${name}</a> (<a href="${href('download', taskId, ...at)}">download</a>)</li>`;
  };
  const up =
    parts.length > 0
      ? html`<li><a href="${href('browse', taskId, ...parts.slice(0, -1))}">..</a></li>`
      : undefined;
  return page(
    `/${parts.join('/')}`,
    html`<p><a href="${href('task', taskId)}">task ${taskId}</a>, sandbox ${sandbox}</p><ul>${up}${entries.map(line)}</ul>`,
  );
}
