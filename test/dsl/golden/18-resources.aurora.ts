// Resource quantities: GPUs, cutting to MiB, units, text.
import { BYTES, GB, Job, KB, MB, Process, Resources, type ResourcesFields, Task, TB } from 'aurora';

const job = (name: string, resources: ResourcesFields) =>
  Job({
    cluster: 'north',
    role: 'ml',
    environment: 'devel',
    name,
    task: Task({
      processes: [Process({ name: 'train', cmdline: './train' })],
      resources: Resources(resources),
    }),
  });

export default [
  job('gpu', { cpu: 8, ram: 64 * GB, disk: 1 * TB, gpu: 4 }),
  job('gpu-zero', { cpu: 0.01, ram: 1 * MB, disk: 1 * MB, gpu: 0 }),
  job('floor', { cpu: 1.999, ram: 3 * MB - 1, disk: 1 * GB + 512 * KB }),
  job('strings', { cpu: '1e-1', ram: '209715200', disk: '{{disk_size}}', gpu: '{{gpus}}' }).bind({
    disk_size: 5 * GB,
    gpus: '2',
  }),
  job('bytes', { cpu: 3, ram: 1024 * 1024 * BYTES, disk: 1_500_000_000 }),
];
