// Variants of lifecycle and health check.
import {
  DisableLifecycle,
  HealthCheckConfig,
  HttpLifecycleConfig,
  instance,
  LifecycleConfig,
  MB,
  Process,
  port,
  Resources,
  Service,
  Task,
  taskId,
} from 'aurora';

const base = Service({
  cluster: 'north',
  role: 'core',
  environment: 'devel',
  task: Task({
    processes: [Process({ name: 'srv', cmdline: `./srv --health ${port('health')} --ctl ${port('ctl')}` })],
    resources: Resources({ cpu: 1, ram: 64 * MB, disk: 64 * MB }),
  }),
});

export default [
  base.with({ name: 'life-default' }),
  base.with({ name: 'life-off', lifecycle: DisableLifecycle }),
  base.with({ name: 'life-empty', lifecycle: LifecycleConfig() }),
  base
    .with({
      name: 'life-custom',
      lifecycle: LifecycleConfig({
        http: HttpLifecycleConfig({
          port: 'ctl',
          gracefulShutdownEndpoint: '/drain',
          shutdownEndpoint: '/stop',
          gracefulShutdownWaitSecs: 30,
          shutdownWaitSecs: '{{wait}}',
        }),
      }),
    })
    .bind({ wait: 12 }),
  base.with({
    name: 'health-http',
    healthCheckConfig: HealthCheckConfig({
      healthChecker: { http: { endpoint: '/{{name}}/ok', expectedResponse: '' } },
      intervalSecs: '0.5',
      initialIntervalSecs: 0,
      timeoutSecs: 0.25,
    }),
  }),
  base.with({
    name: 'health-shell',
    healthCheckConfig: HealthCheckConfig({
      healthChecker: {
        shell: {
          shellCommand: `test -e alive-${instance} && nc -z localhost ${port('health')} # ${taskId}`,
        },
      },
      maxConsecutiveFailures: 2,
    }),
  }),
  base.with({
    name: 'health-both',
    healthCheckConfig: HealthCheckConfig({ healthChecker: { http: {}, shell: { shellCommand: 'true' } } }),
  }),
  base.with({ name: 'health-none', healthCheckConfig: HealthCheckConfig({ healthChecker: {} }) }),
];
