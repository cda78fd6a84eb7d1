// A word outside an enumeration.
import { Job, Mesos, SimpleTask, Volume } from 'aurora';

export default [
  Job({
    cluster: 'north',
    role: 'r',
    environment: 'devel',
    name: 'enum',
    task: SimpleTask('p', 'true'),
    container: Mesos({
      // @ts-expect-error the mode is RW or RO
      volumes: [Volume({ containerPath: '/a', hostPath: '/b', mode: 'rw' })],
    }),
  }),
];
