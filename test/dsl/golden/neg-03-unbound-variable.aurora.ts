// References that nothing binds, in different places, and names that only look like run-time references.
import { Job, type JobFields, MB, Metadata, Process, Resources, Task } from 'aurora';

const job = (name: string, cmdline = 'true', changes: Partial<JobFields> = {}) =>
  Job({
    cluster: 'north',
    role: 'r',
    environment: 'devel',
    name,
    task: Task({
      name: 't',
      processes: [Process({ name: 'p', cmdline })],
      resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
    }),
    ...changes,
  });

export default [
  job('in-command', 'run {{version}}'),
  job('in-name-{{suffix}}'),
  job('in-contact', 'true', { contact: '{{pager}}@example.test' }),
  job('in-metadata', 'true', { metadata: [Metadata({ key: 'k', value: '{{value_of_k}}' })] }),
  job('in-health', 'true', {
    healthCheckConfig: { healthChecker: { shell: { shellCommand: 'check {{target}}' } } },
  }),
  job('in-instances', 'true', { instances: '{{n}}' }),
  job('whole-port-map', 'run {{thermos.ports}}'),
  job('dotted-port', 'run {{thermos.ports.http}}'),
  job('unknown-thermos', 'run {{thermos.port}}'),
  job('unknown-mesos', 'run {{mesos.agent}}'),
  job('missing-field', 'run {{profile.nope}}').bind({ profile: new Map([['yes', '1']]) }),
  job('missing-index', 'run {{items[2]}}').bind({ items: ['a', 'b'] }),
  job('nested-runtime', 'run {{word[{{mesos.instance}}]}}').bind({ word: ['a', 'b'] }),
  job('escaped', 'run {{&version}}'),
];
