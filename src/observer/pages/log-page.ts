import { readInside } from '../files/chunk.ts';
import { type Html, href, html, page } from './layout.ts';

/** How much of a file one page shows. */
const PAGE_BYTES = 32 * 1024;

interface LogPlace {
  readonly task: { readonly taskId: string };
  readonly process: string;
  readonly run: number;
  readonly stream: string;
  readonly sandbox: string;
  readonly path: string;
}

/** One page of a file with links to its neighbours, the last one without `offset`. Undefined without a file. */
async function pager(
  sandbox: string,
  path: string,
  address: string,
  offset: string | undefined,
): Promise<Html | undefined> {
  const end = await readInside(sandbox, path, 0, 0);
  if (!end) return undefined;
  const wanted = offset !== undefined && /^\d+$/.test(offset) ? Number(offset) : end.size - PAGE_BYTES;
  const from = Math.max(0, wanted);
  const read = await readInside(sandbox, path, from, PAGE_BYTES);
  if (!read) return undefined;
  const to = from + read.bytes.length;
  const link = (at: number, text: string) =>
    html`<a href="${address}?offset=${Math.max(0, at)}">${text}</a> `;
  return html`<p>bytes ${from} to ${to} of ${read.size}: ${from > 0 ? link(0, 'first') : undefined}${from > 0 ? link(from - PAGE_BYTES, 'older') : undefined}${to < read.size ? link(to, 'newer') : undefined}<a href="${address}">end</a></p><pre>${read.bytes.toString('utf8')}</pre>`;
}

export async function logPage(log: LogPlace, offset: string | undefined): Promise<string> {
  const { task, process, run, stream, sandbox, path } = log;
  const address = href('logs', task.taskId, process, run, stream);
  const other = stream === 'stdout' ? 'stderr' : 'stdout';
  const body = await pager(sandbox, path, address, offset);
  return page(
    `${process}, run ${run}, ${stream}`,
    html`<p><a href="${href('task', task.taskId)}">task ${task.taskId}</a> <a href="${href('logs', task.taskId, process, run, other)}">${other}</a></p>${body ?? html`<p>Nothing was written, or it went elsewhere.</p>`}`,
  );
}

/** Undefined when the sandbox has no such file. */
export async function filePage(
  taskId: string,
  sandbox: string,
  path: string,
  offset: string | undefined,
): Promise<string | undefined> {
  const parts = path.split('/').filter(Boolean);
  const body = await pager(sandbox, path, href('file', taskId, ...parts), offset);
  return (
    body &&
    page(
      path,
      html`<p><a href="${href('browse', taskId, ...parts.slice(0, -1))}">directory</a> <a href="${href('download', taskId, ...parts)}">download</a></p>${body}`,
    )
  );
}
