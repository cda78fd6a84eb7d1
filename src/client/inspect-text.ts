import type { ConvertedJob } from '../dsl/convert/convert.ts';

type Job = ConvertedJob['job'];
type Process = Job['task']['processes'][number];

/** A boolean as Python prints it. */
const truth = (value: boolean): string => (value ? 'True' : 'False');

/** A job for people to read. Source: the original's layout, which leaves out resources, updates and health checks. */
export function jobText(job: Job): string {
  const lines = [...jobLines(job), '', ...taskLines(job), '', ...job.task.processes.flatMap(processLines)];
  return lines.map((line) => `${line}\n`).join('');
}

const jobLines = (job: Job): readonly string[] => [
  'Job level information',
  `  name:       '${job.name}'`,
  `  role:       '${job.role}'`,
  ...(job.contact === undefined ? [] : [`  contact:    '${job.contact}'`]),
  `  cluster:    '${job.cluster}'`,
  `  instances:  '${job.instances}'`,
  ...(job.cronSchedule === undefined
    ? []
    : ['  cron:', `    schedule: '${job.cronSchedule}'`, `    policy:   '${job.cronCollisionPolicy}'`]),
  ...(job.constraints === undefined
    ? []
    : [
        '  constraints:',
        ...Object.entries(job.constraints).map(([attribute, value]) => `    '${attribute}': '${value}'`),
      ]),
  ...(job.partitionPolicy === undefined
    ? []
    : [
        '  partition_policy:',
        `    reschedule: ${truth(job.partitionPolicy.reschedule)}`,
        `    delay_secs: '${job.partitionPolicy.delaySecs}'`,
      ]),
  `  service:    ${truth(job.service)}`,
  `  production: ${truth(job.production)}`,
];

const taskLines = ({ task }: Job): readonly string[] => [
  'Task level information',
  `  name: '${task.name}'`,
  ...(task.constraints.length > 0
    ? ['  constraints:', ...task.constraints.map(({ order }) => `  ${order.join(' < ')}`)]
    : []),
];

const processLines = (process: Process): readonly string[] => [
  `Process '${process.name}':`,
  ...(['daemon', 'ephemeral', 'final'] as const).filter((flag) => process[flag]).map((flag) => `  ${flag}`),
  '  cmdline:',
  ...process.cmdline.split('\n').map((line) => `    ${line}`),
  '',
];
