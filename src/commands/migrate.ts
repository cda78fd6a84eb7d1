import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { ERRORS } from '../base/errors.ts';
import { readExpected, readText } from '../client/expected-jobs.ts';
import { proveMigration, type Truth } from '../client/prove-migration.ts';
import { evaluateWithPython } from '../migrate/evaluate-with-python.ts';
import { migrate } from '../migrate/migrate.ts';
import { originalPlaces } from '../migrate/original-places.ts';
import { isOpen, migrationReport } from '../migrate/report.ts';
import { writeMigrated } from '../migrate/write-files.ts';
import { command } from './command.ts';
import { config } from './config-flags.ts';
import { common } from './flags.ts';

export default command('migrate', {
  summary: 'Turn job files of the original into .aurora.ts files',
  description:
    'Files that they include come along. What cannot be translated is marked in the output and listed; the exit code is 3 then, and 4 when a comparison finds differences.',
  examples: [
    'aurora migrate web.aurora',
    'aurora migrate jobs/*.aurora --out moved --against west',
    'aurora migrate web.aurora --check jobs.json',
  ],
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
    check: Flags.string({
      helpValue: 'EXPECTED.json',
      description: "compare the jobs with a scheduler's answer to getJobs, or with what job inspect wrote",
    }),
    against: Flags.string({
      helpValue: 'CLUSTER',
      description: 'compare the jobs with those that run there',
    }),
    'with-python': Flags.boolean({
      description:
        'evaluate the originals with Python and pystachio, and compare; AURORA_PYTHON names the interpreter',
    }),
    bind: config.bind,
    ...common,
  },
  async run(session, { args, flags }) {
    const python = flags.python === undefined ? undefined : flags.python === '3' ? 3 : 2;
    const files = migrate(args.files, { out: flags.out, python });
    writeMigrated(files, flags.force);
    session.print(migrationReport(files, process.cwd()));
    const written = files.map(({ text: _, ...file }) => file);
    session.give?.({ files: written });
    if (isOpen(files)) return ERRORS.CONFIG.exit;
    const binds = Object.fromEntries(flags.bind ?? []);
    const proved = files
      .filter(({ asked }) => asked)
      .map(({ source, target }) => ({
        source,
        target,
        originalPlaces: (field: string) => originalPlaces([source], field),
      }));
    let [same, different] = [0, 0];
    const prove = async (some: typeof proved, truth: Truth) => {
      const proof = await proveMigration(session, some, truth, binds);
      same += proof.same;
      different += proof.different;
      session.give?.({ files: written, same, different });
    };
    if (flags.check !== undefined)
      await prove(proved, { jobs: readExpected(readText(flags.check), flags.check) });
    if (flags.against !== undefined) await prove(proved, { cluster: flags.against });
    for (const one of flags['with-python'] ? proved : []) {
      const said = await evaluateWithPython(session.env.AURORA_PYTHON ?? 'python3', one.source, binds);
      await prove([one], { jobs: readExpected(said, one.source) });
    }
    return different > 0 ? ERRORS.COMMAND_FAILED.exit : 0;
  },
});
