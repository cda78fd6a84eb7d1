// Maps, lists and nested references: by number and by key, a key from another binding, a list in a struct in a map.
import { float, GB, instance, Job, MB, Process, Profile, Resources, Task } from 'aurora';

const shapes = new Map([
  ['small', Profile({ cpu: float(0.25), ram: 64 * MB, tags: ['s', 'cheap'] })],
  ['big-1.x', Profile({ cpu: float(2.5), ram: 2 * GB, tags: ['b', '{{hint}}', 'costly'] })],
]);
const regions = ['eu-{{zone}}', 'us-{{zone}}', 'ap'];
const hosts = new Map([
  ['db/main', 'db1.example.test'],
  ['db/copy', 'db2.{{domain}}'],
  ['cache', 'c0'],
]);

const template = Job({
  cluster: 'north',
  role: 'geo',
  environment: 'devel',
  name: 'geo-{{size}}',
  task: Task({
    name: 'geo',
    processes: [
      Process({
        name: 'geo',
        cmdline:
          'run --db {{hosts[db/main]}},{{hosts[db/copy]}} --region {{regions[{{idx}}]}} --first {{regions[0]}} ' +
          '--tags {{shapes[{{size}}].tags[0]}}:{{shapes[{{size}}].tags[1]}} --pick {{hosts[{{pick}}]}} ' +
          `--opt {{opt.a.b}}{{opt.c}} --{{prefix}}${instance}`,
      }),
    ],
    resources: Resources({
      cpu: '{{shapes[{{size}}].cpu}}',
      ram: '{{shapes[{{size}}].ram}}',
      disk: 32 * MB,
    }),
  }),
}).bind({
  shapes,
  regions,
  hosts,
  domain: 'example.test',
  zone: 'west',
  opt: { a: { b: 7 }, 'a.b2': 'x', c: '{{opt.a.b2}}' },
  prefix: 'n-',
  hint: 'roomy',
});

export default [
  template.bind({ size: 'small', idx: 1, pick: 'cache' }),
  template.bind({ size: 'big-1.x', idx: '2', pick: 'db/{{which}}', which: 'copy' }),
];
