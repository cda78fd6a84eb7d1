// The same service for several stages: a function takes a profile, and the compiler checks every setting.
//   aurora job create local/hello/prod/shop_canary examples/canary.aurora.ts --bind version=4.3
import { type Environment, MB, Process, parameters, Resources, SequentialTask, Service } from 'aurora';

interface Profile {
  readonly environment: Environment;
  readonly name: string;
  readonly instances: number;
  readonly version: string;
  readonly greeting?: string;
}

const { version } = parameters({ version: '4.2' });

const shop = ({ environment, name, instances, version, greeting = 'welcome' }: Profile) =>
  Service({
    cluster: 'local',
    role: 'hello',
    environment,
    name,
    instances,
    task: SequentialTask({
      name: 'shop',
      processes: [
        Process({ name: 'shop', cmdline: `while true; do echo "${greeting} to ${version}"; sleep 5; done` }),
      ],
      resources: Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB }),
    }),
    metadata: [{ key: 'version', value: version }],
  });

const prod: Profile = { environment: 'prod', name: 'shop', instances: 4, version: '4.2' };

export default [
  shop(prod),
  shop({ ...prod, name: 'shop_canary', instances: 1, version }),
  shop({ ...prod, environment: 'devel', instances: 1, greeting: 'hello, tester' }),
];
