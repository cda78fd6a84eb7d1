/**
 * Writes the sandboxes of tasks that log, as agents would have them: checkpoints and files in a work directory, for an
 * observer to serve. It is a process of its own and gets messages about which tasks begin and end.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeCheckpoint, runnerFile, taskFile } from '../../src/api/checkpoints/index.ts';

export type WriterOrder =
  | { readonly begin: readonly string[] }
  /** Answered with the number of lines that each task wrote, once nothing more is written. */
  | { readonly end: readonly string[] };

export interface WriterAnswer {
  readonly lines: Readonly<Record<string, number>>;
}

const root = process.argv[2] as string;
const linesPerSec = Number(process.argv[3]);
const TICK_MS = 100;

interface Writing {
  readonly file: number;
  readonly name: string;
  readonly startMs: number;
  lines: number;
}

const tasks = new Map<string, Writing>();

function begin(taskId: string): void {
  const run = join(root, 'slaves/s/frameworks/f/executors', `thermos-${taskId}`, 'runs/one');
  const sandbox = join(run, 'sandbox');
  const logs = join(sandbox, '.logs/main/0');
  const checkpoints = join(run, 'checkpoints');
  mkdirSync(logs, { recursive: true });
  const active = taskFile(checkpoints, 'active', taskId);
  const runner = runnerFile(checkpoints, taskId);
  mkdirSync(dirname(active), { recursive: true });
  mkdirSync(dirname(runner), { recursive: true });
  const now = Date.now();
  const started = { process: 'main', start_time: now / 1000, pid: 1 };
  const records = [
    { task_status: { state: 'ACTIVE' as const, timestamp_ms: now, runner_pid: 1, runner_uid: 0 } },
    {
      runner_header: {
        task_id: taskId,
        launch_time_ms: now,
        sandbox,
        hostname: 'localhost',
        user: 'bench',
        ports: {},
        log_dir: join(sandbox, '.logs'),
      },
    },
    { process_status: { seq: 0, process: 'main', state: 'WAITING' as const } },
    {
      process_status: {
        seq: 1,
        process: 'main',
        state: 'FORKED' as const,
        fork_time: now / 1000,
        coordinator_pid: 1,
      },
    },
    { process_status: { seq: 2, state: 'RUNNING' as const, ...started } },
  ];
  writeFileSync(runner, Buffer.concat(records.map(encodeCheckpoint)));
  writeFileSync(join(logs, 'stderr'), '');
  const file = openSync(join(logs, 'stdout'), 'a');
  writeFileSync(active, JSON.stringify({ name: 'bench', processes: [{ name: 'main', cmdline: 'x' }] }));
  tasks.set(taskId, { file, name: taskId, startMs: performance.now(), lines: 0 });
}

/** Writes all lines that are due by now. */
function write(task: Writing): void {
  const due = Math.floor(((performance.now() - task.startMs) / 1000) * linesPerSec);
  let text = '';
  for (; task.lines < due; task.lines++)
    text += `${task.name} ${task.lines} something that a service would say\n`;
  if (text !== '') writeSync(task.file, text);
}

setInterval(() => {
  for (const task of tasks.values()) write(task);
}, TICK_MS);

process.on('message', (order: WriterOrder) => {
  if ('begin' in order) {
    for (const taskId of order.begin) begin(taskId);
    process.send?.({ lines: {} } satisfies WriterAnswer);
    return;
  }
  const lines: Record<string, number> = {};
  for (const taskId of order.end) {
    const task = tasks.get(taskId);
    if (!task) continue;
    write(task);
    closeSync(task.file);
    tasks.delete(taskId);
    lines[taskId] = task.lines;
  }
  process.send?.({ lines } satisfies WriterAnswer);
});
process.on('disconnect', () => process.exit());
