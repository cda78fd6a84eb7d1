import * as Flags from '@oclif/core/flags';
import { taskTop } from '../../client/task-top.ts';
import { instanceKey } from '../arguments.ts';
import { command } from '../command.ts';
import { common, duration, json } from '../flags.ts';

export default command('task top', {
  summary: 'Show what the instances of a job use: cpu, ram, disk',
  description:
    'The figures come from the observers, or from the agents, which only know the disk if they measure it.',
  examples: ['aurora task top west/web/prod/api', 'aurora task top west/web/prod/api/0-4 --watch 2s'],
  args: { instance_spec: instanceKey() },
  flags: {
    watch: duration({ description: 'look again at this interval, until Ctrl-C' }),
    json,
    direct: Flags.boolean({ description: 'ask observers and agents, not the scheduler' }),
    ...common,
  },
  run: (session, { args, flags }) =>
    taskTop(session, args.instance_spec, { json: flags.json, direct: flags.direct, watchMs: flags.watch }),
});
