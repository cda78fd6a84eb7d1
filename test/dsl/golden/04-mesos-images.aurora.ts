// The Mesos containerizer: a Docker format image with volumes, an AppC image, volumes only, nothing at all.
import { AppcImage, DockerImage, GB, MB, Mesos, Process, Resources, Service, Task, Volume } from 'aurora';

const run = Process({ name: 'run', cmdline: 'exec /opt/tile/run.sh --cache /cache --conf /conf' });
const base = Service({
  cluster: 'south',
  role: 'maps',
  environment: 'devel',
  task: Task({ processes: [run], resources: Resources({ cpu: 0.5, ram: 256 * MB, disk: 2 * GB }) }),
});

export default [
  base.with({
    name: 'tile-docker-image',
    container: Mesos({
      image: DockerImage({ name: 'maps/tile', tag: '2024.06' }),
      volumes: [
        Volume({ containerPath: '/cache', hostPath: '/srv/tile/cache', mode: 'RW' }),
        Volume({ containerPath: '/conf', hostPath: '/etc/tile', mode: 'RO' }),
      ],
    }),
  }),
  base.with({
    name: 'tile-appc-image',
    container: Mesos({ image: AppcImage({ name: 'maps/tile', imageId: 'sha512-0011223344556677' }) }),
  }),
  base.with({
    name: 'tile-volumes-only',
    container: Mesos({
      volumes: [{ containerPath: '/cache', hostPath: '/srv/{{role}}/cache', mode: 'RW' }],
    }),
  }),
  base.with({ name: 'tile-plain-mesos', container: Mesos() }),
];
