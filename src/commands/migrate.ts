import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { ERRORS } from '../base/errors.ts';
import { migrate } from '../migrate/migrate.ts';
import { isOpen, migrationReport } from '../migrate/report.ts';
import { writeMigrated } from '../migrate/write-files.ts';
import { command } from './command.ts';
import { common } from './flags.ts';

export default command('migrate', {
  summary: 'Turn job files of the original into .aurora.ts files',
  description:
    'Files that they include come along. What cannot be translated is marked in the output and listed; the exit code is 3 then.',
  examples: ['aurora migrate web.aurora', 'aurora migrate jobs/*.aurora --out moved'],
  args: {
    files: Args.string({
      required: true,
      ignoreStdin: true,
      multiple: true,
      description: 'job files of the original, in Python',
    }),
  },
  flags: {
    out: Flags.string({
      helpValue: 'DIR',
      description: 'folder for the results; default: beside the originals',
    }),
    force: Flags.boolean({ description: 'replace files that are there' }),
    python: Flags.option({
      options: ['2', '3'] as const,
      description: 'whose rules the files follow; default: those of 2, unless only 3 can read them',
    })(),
    ...common,
  },
  async run(session, { args, flags }) {
    const python = flags.python === undefined ? undefined : flags.python === '3' ? 3 : 2;
    const files = migrate(args.files, { out: flags.out, python });
    writeMigrated(files, flags.force);
    session.print(migrationReport(files, process.cwd()));
    return isOpen(files) ? ERRORS.CONFIG.exit : 0;
  },
});
