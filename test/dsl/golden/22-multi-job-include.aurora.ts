// Many jobs from loops over clusters and environments; shared definitions come from an imported module.
import { SequentialTask, Service } from 'aurora';
import { clusters, echo, sizes } from './lib/common.ts';

const stages = [
  { environment: 'devel', size: 'small', options: { instances: 1 } },
  { environment: 'prod', size: 'large', options: { instances: 20, tier: 'preferred' } },
  { environment: 'staging2', size: 'small', options: { instances: 2, tier: 'preemptible' } },
] as const;

export default clusters.flatMap((cluster) =>
  stages.map(({ environment, size, options }) =>
    Service({
      cluster,
      role: 'greet',
      environment,
      name: 'greeter',
      task: SequentialTask({
        name: 'greeter',
        processes: [
          echo('hello', `hello ${cluster}`),
          echo('bye', 'bye from {{environment}} in {{cluster}}'),
        ],
        resources: sizes[size],
      }),
      ...options,
    }),
  ),
);
