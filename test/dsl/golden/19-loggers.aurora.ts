// Log destinations, modes and rotation of single processes.
import { GB, Logger, MB, Process, type ProcessFields, Resources, RotatePolicy, Service, Task } from 'aurora';

const process = (name: string, logger?: ProcessFields['logger']) =>
  Process({ name, cmdline: `./${name}`, logger });

export default [
  Service({
    cluster: 'south',
    role: 'logs',
    environment: 'devel',
    name: 'loggers',
    task: Task({
      name: 'loggers',
      processes: [
        process('unset'),
        process('defaults', Logger()),
        process('console', Logger({ destination: 'console' })),
        process('both', Logger({ destination: 'both', mode: 'standard' })),
        process('none', Logger({ destination: 'none' })),
        process('rotate-defaults', Logger({ mode: 'rotate' })),
        process('rotate-empty', Logger({ mode: 'rotate', rotate: RotatePolicy() })),
        process(
          'rotate',
          Logger({
            destination: 'file',
            mode: '{{log_mode}}',
            rotate: RotatePolicy({ logSize: 20 * MB, backups: '{{keep}}' }),
          }),
        ),
      ],
      resources: Resources({ cpu: 1, ram: 256 * MB, disk: 4 * GB }),
    }).bind({ log_mode: 'rotate', keep: 9 }),
  }),
];
