// Which ports are asked for: used ones, aliases, chains of aliases, fixed numbers, names made from bindings.
import { Announcer, type JobFields, MB, Process, port, Resources, Service, Task } from 'aurora';

const job = (name: string, cmdlines: readonly string[], changes: Partial<JobFields> = {}) =>
  Service({
    cluster: 'south',
    role: 'edge',
    environment: 'devel',
    name,
    task: Task({
      name,
      processes: cmdlines.map((cmdline, index) => Process({ name: `p${index}`, cmdline })),
      resources: Resources({ cpu: 1, ram: 100 * MB, disk: 100 * MB }),
    }),
    ...changes,
  });

export default [
  job('plain', [`serve ${port('http')} ${port('admin-1')}`, `probe ${port('http')} ${port('a.b/c')}`]),
  job('announced-only', ['sleep 60'], { announce: Announcer() }),
  job('aliased', [`serve ${port('https')} ${port('aurora')} ${port('thrift')}`], {
    announce: Announcer({ primaryPort: 'web', portmap: { aurora: 'https', https: 'web', ftp: 'files' } }),
  }),
  job('static', [`serve ${port('http')} ${port('aurora')} ${port('extra')}`], {
    announce: Announcer({ portmap: { http: 8080, aurora: 'http', admin: '9090' } }),
    constraints: { dedicated: 'edge/frontend' },
  }),
  job('templated', [`serve ${port('{{pn}}')} ${port('x{{suffix}}')}`], {
    announce: Announcer({ primaryPort: '{{pn}}' }),
  }).bind({ pn: 'grpc', suffix: '9' }),
  job('fixed-by-bind', [`serve ${port('web')} ${port('other')}`]).bind({ 'thermos.ports[web]': '8000' }),
  job('unused', ['true'], {
    healthCheckConfig: { healthChecker: { shell: { shellCommand: 'nc -z localhost 80' } } },
  }),
];
