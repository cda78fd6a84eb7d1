// Docker containers, with parameters and through the old wrapper; a portmap with aliases.
import {
  Announcer,
  Container,
  Docker,
  GB,
  HealthCheckConfig,
  instance,
  MB,
  Parameter,
  Process,
  port,
  Resources,
  Service,
  SimpleTask,
  Task,
  taskId,
} from 'aurora';

const api = Process({
  name: 'api',
  cmdline: `/app/api --listen ${port('http')} --admin ${port('admin')} --metrics ${port('metrics')}`,
});

const catalog = Service({
  cluster: 'north',
  role: 'api',
  environment: 'staging3',
  name: 'catalog',
  instances: 2,
  task: Task({ processes: [api], resources: Resources({ cpu: 1.5, ram: 1 * GB, disk: 256 * MB }) }),
  announce: Announcer({
    primaryPort: 'http',
    portmap: { aurora: 'http', admin: 'http', health: 'metrics' },
  }),
  healthCheckConfig: HealthCheckConfig({
    healthChecker: { shell: { shellCommand: `curl -fs localhost:${port('http')}/ping?i=${instance}` } },
    intervalSecs: 20,
  }),
  container: Docker({
    image: 'registry.example.test/catalog:2.9',
    parameters: [
      Parameter({ name: 'env', value: 'REGION={{cluster}}' }),
      Parameter({ name: 'volume', value: '/var/cache/catalog:/cache:ro' }),
      Parameter({ name: 'env', value: `TASK=${taskId}` }),
    ],
  }),
});

const legacy = Service({
  cluster: 'north',
  role: 'api',
  environment: 'test',
  name: 'catalog-legacy',
  task: SimpleTask('hello', 'echo hello from $HOSTNAME; sleep 600'),
  container: Container({ docker: Docker({ image: 'debian:12' }) }),
});

export default [catalog, legacy];
