// Typed profiles: a function with defaults that refer to one another, and fields that pick up values of the job.
import { float, GB, MB, Process, Profile, Resources, refer, SequentialTask, Service } from 'aurora';

const limits = (changes: { cpu?: number; files?: number } = {}) =>
  Profile({ cpu: float(changes.cpu ?? 1), ram_mb: 512, files: changes.files ?? 4096 });

interface Given {
  readonly version: string;
  readonly artifact: string;
  readonly channel?: string;
  readonly color?: string;
  readonly limits?: ReturnType<typeof limits>;
  readonly shards?: number;
  readonly verbose?: boolean;
}

const settings = (given: Given) =>
  Profile({
    bucket: 'builds-{{channel}}',
    channel: 'stable',
    archive: '{{bucket}}/{{artifact}}-{{version}}.tgz',
    limits: limits(),
    flags: ['--fast', '--color={{color}}'],
    color: 'blue',
    shards: 3,
    verbose: false,
    where: '{{cluster}}/{{role}}',
    ...given,
  });

const profile = refer<ReturnType<typeof settings>>('profile');
const fetch = Process({ name: 'fetch', cmdline: `fetch ${profile.archive} ${profile.bucket}` });
const run = Process({
  name: 'run',
  cmdline: `ulimit -n ${profile.limits.files} && ./${profile.artifact} ${profile.flags[0]} ${profile.flags[1]} --verbose=${profile.verbose} --where=${profile.where} --cpu=${profile.limits.cpu}`,
});

const template = Service({
  cluster: 'south',
  role: 'pay',
  environment: 'devel',
  name: profile.artifact,
  instances: profile.shards,
  task: SequentialTask({
    name: `run_${profile.artifact}`,
    processes: [fetch, run],
    resources: Resources({ cpu: profile.limits.cpu, ram: 640 * MB, disk: 1 * GB }),
  }),
});

const stable = settings({ version: '7.1', artifact: 'ledger' });
const beta = stable.with({
  channel: 'beta',
  color: 'green',
  limits: limits({ files: 65_536, cpu: 2 }),
  shards: 1,
});

export default [
  template.bind({ profile: stable }),
  template.with({ environment: 'test' }).bind({ profile: beta.with({ artifact: 'ledger-beta' }) }),
  template
    .with({ environment: 'staging1' })
    .bind({ profile: settings({ version: '0.9', artifact: 'checkout', verbose: true }) }),
];
