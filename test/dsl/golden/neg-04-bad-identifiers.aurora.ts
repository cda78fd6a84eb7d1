// Role, environment and name must be identifiers; process names have rules too.
import { environment, Job, MB, Process, Resources, Task } from 'aurora';

const base = Job({
  cluster: 'north',
  role: 'r',
  environment: 'devel',
  name: 'n',
  task: Task({
    processes: [Process({ name: 'p', cmdline: 'true' })],
    resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
  }),
});
const withProcess = (name: string) =>
  base.with({ task: { processes: [Process({ name, cmdline: 'true' })] } });

export default [
  base.with({ environment: environment('pre prod') }),
  base.with({ environment: environment('prod/eu') }),
  base.with({ environment: environment('') }),
  base.with({ role: 'web team' }),
  base.with({ name: 'a/b' }),
  base.with({ name: 'caf\u00e9' }),
  withProcess('a/b'),
  withProcess('.hidden'),
  withProcess(''),
];
