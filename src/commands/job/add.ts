import * as Args from '@oclif/core/args';
import { addInstances } from '../../client/add-instances.ts';
import { parseCount } from '../../client/job-key.ts';
import { oneInstance } from '../arguments.ts';
import { command } from '../command.ts';
import { config } from '../config-flags.ts';
import { common, configForHooks, openBrowser, waitUntil } from '../flags.ts';

export default command('job add', {
  summary: 'Add instances to a job',
  description: 'They get the configuration of an existing instance, and numbers after the highest one.',
  examples: [
    'aurora job add local/hello/devel/hello_world/0 2',
    'aurora job add west/web/prod/api/0 10 --wait-until RUNNING',
  ],
  args: {
    task_instance: oneInstance(),
    instance_count: Args.custom<number>({
      required: true,
      ignoreStdin: true,
      description: 'how many instances to add',
      parse: async (text) => parseCount(text),
    })(),
  },
  flags: {
    'wait-until': waitUntil,
    'open-browser': openBrowser,
    ...config,
    config: configForHooks,
    ...common,
  },
  run: (session, { args, flags }) =>
    addInstances(session, args.task_instance, {
      count: args.instance_count,
      waitUntil: flags['wait-until'],
      openBrowser: flags['open-browser'],
    }),
});
