// Resources that are zero, negative or below one MiB; a wrong word for the collision policy.
import { Job, type JobFields, KB, MB, Process, Resources, Task } from 'aurora';

const job = (
  name: string,
  { cpu = 1, ram = 64 * MB, disk = 64 * MB } = {},
  changes: Partial<JobFields> = {},
) =>
  Job({
    cluster: 'north',
    role: 'r',
    environment: 'devel',
    name,
    task: Task({
      name: 't',
      processes: [Process({ name: 'p', cmdline: 'true' })],
      resources: Resources({ cpu, ram, disk }),
    }),
    ...changes,
  });

export default [
  job('cpu-zero', { cpu: 0 }),
  job('cpu-negative', { cpu: -1 }),
  job('ram-zero', { ram: 0 }),
  job('ram-small', { ram: 1 * MB - 1 }),
  job('ram-forgot-unit', { ram: 128 }),
  job('disk-small', { disk: 512 * KB }),
  // @ts-expect-error no such policy
  job('collision', {}, { cronSchedule: '* * * * *', cronCollisionPolicy: 'QUEUE' }),
];
