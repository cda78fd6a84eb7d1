// A web service: two instances, never on the same machine if there are several, announced in ZooKeeper, checked over
// HTTP on the port named `health`, updated one by one.
import {
  Announcer,
  HealthCheckConfig,
  instance,
  MB,
  Process,
  port,
  Resources,
  SequentialTask,
  Service,
  UpdateConfig,
} from 'aurora';

const answer = `require("node:http").createServer((_, reply) => reply.end("ok")).listen(${port('http')})`;
const serve = Process({
  name: 'serve',
  cmdline: `echo "instance ${instance} serves"; exec node -e '${answer}'`,
});

export default [
  Service({
    cluster: 'local',
    role: 'hello',
    environment: 'devel',
    name: 'web_service',
    instances: 2,
    task: SequentialTask({
      processes: [serve],
      resources: Resources({ cpu: 0.1, ram: 64 * MB, disk: 64 * MB }),
    }),
    // the health check asks the port called `health`, which here is the same one
    announce: Announcer({ primaryPort: 'http', portmap: { aurora: 'http', health: 'http' } }),
    healthCheckConfig: HealthCheckConfig({
      healthChecker: { http: { endpoint: '/health', expectedResponse: 'ok' } },
      initialIntervalSecs: 10,
      intervalSecs: 2,
      maxConsecutiveFailures: 3,
    }),
    updateConfig: UpdateConfig({ batchSize: 1, watchSecs: 10 }),
  }),
];
