// One job template, made concrete with bind(): names, nested objects, numbers and truth values as text, templated
// numbers, a template inside a bound value.
import { float, MB, Process, Resources, Service, Task } from 'aurora';

const template = Service({
  cluster: '{{dc}}',
  role: 'chat',
  environment: '{{env}}',
  name: 'relay-{{flavor}}',
  instances: '{{size.instances}}',
  priority: '{{size.priority}}',
  production: '{{is_prod}}',
  task: Task({
    name: 'relay',
    processes: [
      Process({
        name: 'relay',
        maxFailures: '{{retries}}',
        cmdline:
          './relay --dc {{dc}} --flavor {{flavor}} --peers {{peers}} --weight {{weight}} --debug {{debug}}',
      }),
    ],
    resources: Resources({ cpu: '{{size.cpu}}', ram: '{{size.ram}}', disk: 128 * MB }),
  }),
});

const small = { size: { instances: 2, priority: 0, cpu: 0.5, ram: 128 * MB } };
const large = {
  'size.instances': '24',
  'size.priority': '7',
  'size.cpu': '2.25',
  'size.ram': '{{base_ram}}',
};

export default [
  template.bind(small, {
    dc: 'north',
    env: 'test',
    flavor: 'irc',
    retries: 1,
    is_prod: false,
    peers: '{{dc}}-a.example.test,{{dc}}-b.example.test',
    weight: float(1),
    debug: true,
  }),
  template.bind(large, { base_ram: 1536 * MB }).bind({
    dc: 'south',
    env: 'prod',
    flavor: 'xmpp',
    retries: '12',
    is_prod: 'TRUE',
    peers: '{{flavor}}.{{env}}.example.test',
    weight: 1e-3,
    debug: 0,
  }),
];
