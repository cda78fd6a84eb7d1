// A task in a Docker container. The machine needs Docker, and the scheduler has to allow docker containers.
import { Docker, MB, Process, port, Resources, SequentialTask, Service } from 'aurora';

export default [
  Service({
    cluster: 'local',
    role: 'hello',
    environment: 'devel',
    name: 'docker',
    task: SequentialTask({
      processes: [Process({ name: 'serve', cmdline: `python3 -m http.server ${port('http')}` })],
      resources: Resources({ cpu: 0.2, ram: 128 * MB, disk: 128 * MB }),
    }),
    container: Docker({ image: 'python:3.12-slim' }),
  }),
];
