// A public web service: announcer with the default portmap, HTTP health check, one instance a host.
import {
  Announcer,
  GB,
  HealthCheckConfig,
  HealthCheckerConfig,
  HttpHealthChecker,
  hostname,
  instance,
  limit,
  MB,
  Process,
  port,
  Resources,
  SequentialTask,
  Service,
  taskId,
  UpdateConfig,
} from 'aurora';

const fetch = Process({
  name: 'fetch',
  cmdline:
    'curl -fsSL -o site.tar.gz https://artifacts.example.test/site-4.2.1.tar.gz && tar xzf site.tar.gz',
  maxFailures: 3,
  minDuration: 10,
});

const serve = Process({
  name: 'serve',
  cmdline: `./site/bin/serve --http ${port('http')} --health ${port('health')} --instance ${instance} --host ${hostname} --id ${taskId}`,
});

export default [
  Service({
    cluster: 'north',
    role: 'shop',
    environment: 'prod',
    name: 'site',
    contact: 'shop-oncall@example.test',
    instances: 12,
    task: SequentialTask({
      name: 'site',
      processes: [fetch, serve],
      resources: Resources({ cpu: 0.75, ram: 384 * MB, disk: 1 * GB }),
    }),
    tier: 'preferred',
    constraints: { host: limit(1) },
    announce: Announcer(),
    healthCheckConfig: HealthCheckConfig({
      healthChecker: HealthCheckerConfig({
        http: HttpHealthChecker({ endpoint: '/ready', expectedResponse: 'READY', expectedResponseCode: 200 }),
      }),
      initialIntervalSecs: 30,
      intervalSecs: 5,
      timeoutSecs: 2.5,
      maxConsecutiveFailures: 4,
      minConsecutiveSuccesses: 2,
    }),
    updateConfig: UpdateConfig({
      batchSize: 3,
      watchSecs: 60,
      maxTotalFailures: 2,
      maxPerShardFailures: 1,
    }),
  }),
];
