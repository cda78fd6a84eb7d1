// Copies with changes: scalars, a whole struct replaced, a struct changed in part, fields unset.
import { Announcer, GB, MB, Process, port, Resources, Service, Task, UpdateConfig } from 'aurora';

const web = Process({ name: 'web', cmdline: `./web --port ${port('http')}`, maxFailures: 2 });
const task = Task({
  name: 'shopfront',
  processes: [web],
  resources: Resources({ cpu: 0.5, ram: 256 * MB, disk: 256 * MB }),
  maxFailures: 3,
  finalizationWait: 45,
});

const base = Service({
  cluster: 'north',
  role: 'shop',
  environment: 'prod',
  name: 'front',
  task,
  contact: 'front@example.test',
  tier: 'preferred',
  instances: 8,
  announce: Announcer({ primaryPort: 'http', zkPath: '/shop/front' }),
  updateConfig: UpdateConfig({ batchSize: 2, watchSecs: 30 }),
  constraints: { rack: 'limit:2', host: 'limit:1' },
});

const canary = base.with({
  name: 'front-canary',
  instances: 1,
  updateConfig: UpdateConfig({ rollbackOnFailure: false }),
});
const big = base.with({
  name: 'front-big',
  task: { resources: { cpu: 3, ram: 3 * GB }, maxConcurrency: 1 },
});
const renamed = base.with({
  name: 'front-renamed',
  task: { processes: [web.with({ name: 'web2', cmdline: './web2' }), web] },
});
const quiet = base.with({
  name: 'front-quiet',
  announce: undefined,
  contact: undefined,
  constraints: undefined,
  service: false,
});

export default [base, canary, big, renamed, quiet];
