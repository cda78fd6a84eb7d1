import type { I64, Wire } from '../api/index.ts';
import type { ClusterJobKey } from './job-key.ts';
import { resourceTexts } from './resource-text.ts';
import type { ListedTask } from './tasks.ts';

/** The tasks of a job, with the terminal ones apart; both lists are sorted by instance. */
export interface JobStatus {
  readonly job: ClusterJobKey;
  readonly active: readonly ListedTask[];
  readonly inactive: readonly ListedTask[];
}

/**
 * The tasks of one job as `job status` prints them. Source: the original's output, byte for byte, including Python's
 * `None` for unset values, because scripts parse it.
 */
export const jobStatusText = ({ active, inactive }: JobStatus): string =>
  [...section('Active tasks', active), ...section('Inactive tasks', inactive)]
    .map((line) => `${line}\n`)
    .join('');

const section = (title: string, tasks: readonly ListedTask[]): readonly string[] => [
  `${title} (${tasks.length}):`,
  ...tasks.flatMap(taskLines),
];

function taskLines({
  assignedTask = {},
  status,
  taskEvents = [],
  failureCount = 0,
}: ListedTask): readonly string[] {
  const { task = {}, instanceId = 0, slaveHost, assignedPorts = {} } = assignedTask;
  const { job = {}, resources = [], metadata = [], maxTaskFailures = 0 } = task;
  const where = `role: ${job.role}, env: ${job.environment}, name: ${job.name}, instance: ${instanceId}`;
  const ports = Object.entries(assignedPorts);
  return [
    `\tTask ${where}, status: ${status} on ${slaveHost ?? 'None'}`,
    `\t  ${resourceTexts(resources).join(', ')}`,
    ...(ports.length > 0
      ? [
          `\t  assigned ports: {${ports.map(([name, port]) => `'${name}': ${port}`).join(', ')}}`,
          `\t  failure count: ${failureCount} (max ${maxTaskFailures})`,
        ]
      : []),
    '\t  events:',
    ...[...taskEvents].sort(byTime).map(eventLine),
    ...(metadata.length > 0
      ? ['\t  metadata:', ...metadata.map(({ key, value }) => `\t\t  (key: '${key}', value: '${value}')`)]
      : []),
  ];
}

type Event = Wire<'TaskEvent'>;

const byTime = (a: Event, b: Event): number => Number(a.timestamp ?? 0) - Number(b.timestamp ?? 0);

const eventLine = ({ timestamp = 0, status, message }: Event): string =>
  `\t   ${localTime(timestamp)} ${status}: ${message === undefined ? 'None' : firstLine(message)}`;

/**
 * The first line of a message. Mesos adds forty lines of statistics to "Memory limit exceeded", which `--write-json`
 * still shows.
 */
function firstLine(message: string): string {
  const [first = '', ...rest] = message.trim().split(/\r?\n/);
  return rest.length === 0 ? message : `${first.trimEnd()} [...]`;
}

/** `2017-07-14 02:40:09`, in the time zone of the machine or of TZ. */
function localTime(epochMs: I64): string {
  const time = new Date(Number(epochMs));
  const pad = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
  return `${date} ${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}
