// Values that cannot become the declared type.
import { HealthCheckConfig, MB, Process, Resources, Service, Task } from 'aurora';

const p = Process({ name: 'p', cmdline: 'true' });
const base = Service({
  cluster: 'north',
  role: 'r',
  environment: 'devel',
  task: Task({ processes: [p], resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }) }),
});

export default [
  // @ts-expect-error a word is no number
  base.with({ name: 'instances-word', instances: 'several' }),
  base.with({ name: 'instances-decimal-text', instances: '1.5' }),
  // @ts-expect-error a word is no number
  base.with({ name: 'cpu-word', task: { resources: { cpu: 'one' } } }),
  // @ts-expect-error units are multiplied with
  base.with({ name: 'ram-unit', task: { resources: { ram: '64MB' } } }),
  // @ts-expect-error neither true nor false
  base.with({ name: 'service-word', service: 'yes' }),
  // @ts-expect-error neither true nor false
  base.with({ name: 'daemon-word', task: { processes: [p.with({ daemon: 'sometimes' })] } }),
  // @ts-expect-error a word is no number
  base.with({ name: 'interval-word', healthCheckConfig: HealthCheckConfig({ intervalSecs: 'often' }) }),
  base.with({ name: 'bound-word', priority: '{{prio}}' }).bind({ prio: 'high' }),
];
