// The three SLA policies, with templated numbers and text.
import {
  CoordinatorSlaPolicy,
  CountSlaPolicy,
  hours,
  MB,
  mins,
  PercentageSlaPolicy,
  Process,
  port,
  Resources,
  Service,
  Task,
} from 'aurora';

const template = Service({
  cluster: 'north',
  role: 'shop',
  environment: 'prod',
  tier: 'preferred',
  instances: 60,
  task: Task({
    name: 'web',
    processes: [Process({ name: 'web', cmdline: `./web ${port('http')}` })],
    resources: Resources({ cpu: 1, ram: 512 * MB, disk: 512 * MB }),
  }),
});

export default [
  template.with({
    name: 'percentage',
    slaPolicy: PercentageSlaPolicy({ percentage: 95.5, durationSecs: mins(30) }),
  }),
  template
    .with({
      name: 'percentage-templated',
      slaPolicy: PercentageSlaPolicy({ percentage: '{{pct}}', durationSecs: '{{secs}}' }),
    })
    .bind({ pct: 80, secs: hours(2) }),
  template.with({ name: 'count', slaPolicy: CountSlaPolicy({ count: 55, durationSecs: mins(5) }) }),
  template.with({
    name: 'coordinator',
    slaPolicy: CoordinatorSlaPolicy({ coordinatorUrl: 'http://coordinator.{{cluster}}.example.test/v1' }),
  }),
  template.with({
    name: 'coordinator-key',
    slaPolicy: CoordinatorSlaPolicy({
      coordinatorUrl: 'https://coordinator.example.test/',
      statusKey: 'allow_{{task.name}}',
    }),
  }),
];
