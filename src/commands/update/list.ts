import * as Flags from '@oclif/core/flags';
import { listUpdates } from '../../client/list-updates.ts';
import { STATUS_CHOICES } from '../../client/update-filter.ts';
import { updateFilter } from '../arguments.ts';
import { command } from '../command.ts';
import { common, writeJson } from '../flags.ts';

export default command('update list', {
  summary: 'List updates',
  description: 'Lists active and ended updates. Times are UTC.',
  examples: [
    'aurora update list local/hello/devel/hello_world',
    'aurora update list west/web --status active --user me --write-json',
  ],
  args: { filter: updateFilter() },
  flags: {
    status: Flags.option({
      options: STATUS_CHOICES,
      multiple: true,
      multipleNonGreedy: true,
      description: 'only updates in this state; can be given several times',
    })(),
    user: Flags.string({ helpValue: 'USERNAME', description: 'only updates that this user started' }),
    'write-json': writeJson,
    ...common,
  },
  run: (session, { args, flags }) =>
    listUpdates(session, args.filter, {
      statuses: flags.status ?? [],
      user: flags.user,
      json: flags['write-json'],
    }),
});
