import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { queryTasks } from '../../client/query-tasks.ts';
import { adminCommand } from '../admin-command.ts';
import { clusterName } from '../arguments.ts';

export default adminCommand('query', {
  summary: 'List tasks, a line each',
  description: 'Write fields of the format as %taskId%; after an unknown one, the message lists all fields.',
  examples: ['west web api', 'west web api --states RUNNING,PENDING --shards 0,2 -l "%taskId% %slaveHost%"'],
  args: {
    cluster: clusterName(),
    role: Args.string({ ignoreStdin: true, description: 'role of the jobs' }),
    job: Args.string({ ignoreStdin: true, description: 'name of the job' }),
  },
  flags: {
    force: Flags.boolean({ description: 'allow queries that may match very many tasks' }),
    shards: Flags.string({ helpValue: 'N,N', description: 'only these instances' }),
    states: Flags.string({ default: 'RUNNING', helpValue: 'STATE,STATE', description: 'only these states' }),
    listformat: Flags.string({
      char: 'l',
      default: '%role%/%name%/%instanceId% %status%',
      helpValue: 'FORMAT',
      description: 'the text of each line',
    }),
  },
  async run(session, { args, flags }) {
    await queryTasks(session, { ...args, ...flags, format: flags.listformat });
    return 0;
  },
});
