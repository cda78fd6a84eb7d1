import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { SERVICES, type Service, writeUnitFiles } from '../../client/unit-files.ts';
import { command } from '../command.ts';

export default command('admin unit-files', {
  summary: 'Write files that run the scheduler or the observer as a service',
  description:
    'Writes a systemd unit, a health check with its timer, a file for the flags, and one for monit, and prints where each belongs. Existing files are not changed.',
  examples: ['aurora admin unit-files scheduler --out units', 'aurora admin unit-files observer --out units'],
  args: {
    service: Args.custom<Service>({ options: [...SERVICES] })({
      required: true,
      ignoreStdin: true,
      description: SERVICES.join(' or '),
    }),
  },
  flags: {
    out: Flags.string({ default: '.', helpValue: 'DIR', description: 'folder for the files' }),
    user: Flags.string({
      description: 'the user that it runs as; default: aurora, and root for the observer',
    }),
    port: Flags.integer({
      min: 1,
      max: 65_535,
      description: 'the port that it listens on; default: 8081, and 1338 for the observer',
    }),
  },
  run: (session, { args, flags }) =>
    writeUnitFiles(session, { service: args.service, out: flags.out, user: flags.user, port: flags.port }),
});
