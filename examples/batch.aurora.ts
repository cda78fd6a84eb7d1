// A batch job: every instance does its share, with a port to report on, and is done when it is done.
import { instance, Job, MB, Process, port, Resources, SequentialTask } from 'aurora';

const shares = 4;

export default [
  Job({
    cluster: 'local',
    role: 'hello',
    environment: 'devel',
    name: 'batch',
    instances: shares,
    // an instance may fail twice before it is given up
    maxTaskFailures: 3,
    task: SequentialTask({
      processes: [
        Process({
          name: 'work',
          cmdline: `echo "share ${instance} of ${shares}, reports on port ${port('report')}"; sleep 3; echo done`,
        }),
      ],
      resources: Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB }),
    }),
  }),
];
