// Each job lacks one thing that is required; an unfinished job is a template to the compiler, so the check says it.
import { CountSlaPolicy, Docker, Job, MB, Metadata, Process, Resources, Task } from 'aurora';

const p = Process({ name: 'p', cmdline: 'true' });
const r = Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB });
const t = Task({ processes: [p], resources: r });
const base = Job({ cluster: 'north', role: 'r', environment: 'devel', task: t });

export default [
  Job({ role: 'r', environment: 'devel', name: 'no-cluster', task: t }),
  Job({ cluster: 'north', environment: 'devel', name: 'no-role', task: t }),
  Job({ cluster: 'north', role: 'r', environment: 'devel', name: 'no-task' }),
  // @ts-expect-error no processes
  base.with({ name: 'no-processes', task: Task({ name: 't', resources: r }) }),
  // @ts-expect-error no resources
  base.with({ name: 'no-resources', task: Task({ processes: [p] }) }),
  // @ts-expect-error no disk
  base.with({ name: 'no-disk', task: t.with({ resources: Resources({ cpu: 1, ram: 64 * MB }) }) }),
  // @ts-expect-error no cmdline
  base.with({ name: 'no-cmdline', task: t.with({ processes: [Process({ name: 'p' })] }) }),
  // @ts-expect-error no image
  base.with({ name: 'no-image', container: Docker({}) }),
  // @ts-expect-error no duration
  base.with({ name: 'no-duration', slaPolicy: CountSlaPolicy({ count: 3 }) }),
  // @ts-expect-error no value
  base.with({ name: 'no-metadata-value', metadata: [Metadata({ key: 'k' })] }),
];
