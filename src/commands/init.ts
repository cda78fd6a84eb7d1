import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { initFolder } from '../client/init-folder.ts';
import { command } from './command.ts';
import { common } from './flags.ts';

export default command('init', {
  summary: 'Make a folder for job files',
  description:
    'It has a service, a cron job, and a test of both; or, with --from, files for the jobs that a role runs, each compared with what runs. Asks nothing, and does not change existing files.',
  examples: [
    'aurora init shop',
    'aurora init shop --role web --cluster west --name api',
    'aurora init jobs --from west/web',
  ],
  args: {
    folder: Args.string({ default: '.', ignoreStdin: true, description: 'where; made when it is not there' }),
  },
  flags: {
    name: Flags.string({ description: "name of the service; default: the folder's" }),
    role: Flags.string({ description: 'role of the jobs; default: your user name' }),
    cluster: Flags.string({ description: 'cluster of the jobs; default: local' }),
    from: Flags.string({
      helpValue: 'CLUSTER/ROLE',
      exclusive: ['name', 'role', 'cluster'],
      description:
        'write files of the jobs that run there instead; exit code 3 when one differs from what runs',
    }),
    ...common,
  },
  async run(session, { args, flags }) {
    if (flags.from !== undefined) {
      const { initFrom } = await import('./init-from-program.ts');
      return initFrom(session, flags.from, args.folder);
    }
    await initFolder(session, {
      folder: args.folder,
      name: flags.name,
      role: flags.role,
      cluster: flags.cluster,
    });
    return 0;
  },
});
