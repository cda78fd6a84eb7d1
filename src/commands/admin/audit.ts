import * as Flags from '@oclif/core/flags';
import { showAudit } from '../../client/audit-log.ts';
import { parseMoment } from '../../client/moment.ts';
import { adminCommand } from '../admin-command.ts';
import { json } from '../flags.ts';

const TIME = 'a time (2026-11-21T14:00, local without a zone), an age (-2h) or milliseconds since 1970';

export default adminCommand('audit', {
  summary: 'Show who changed what, and who was turned away',
  description: "Reads the scheduler's audit log on its machine, with the files that were put aside.",
  examples: [
    '--job www/prod --since -2h',
    '--denied --file /var/lib/aurora/audit.log',
    '--user sally --json',
  ],
  args: {},
  flags: {
    file: Flags.string({
      helpValue: 'FILE',
      default: '.aurora/audit.log',
      description: '-audit_log of the scheduler, or audit.log in its -data_dir',
    }),
    user: Flags.string({ description: 'of that user' }),
    job: Flags.string({ helpValue: 'ROLE[/ENV[/NAME]]', description: 'about that job, or jobs below' }),
    call: Flags.string({ description: 'that call, or path of a page' }),
    result: Flags.string({
      description: 'with that result: OK, INVALID_REQUEST, AUTH_FAILED, 401, 403, ...',
    }),
    denied: Flags.boolean({ description: 'only who was turned away' }),
    since: Flags.string({ helpValue: 'TIME', description: `not before ${TIME}` }),
    until: Flags.string({ helpValue: 'TIME', description: 'not after it' }),
    json: { ...json, description: 'print the entries as they are, one a line', aliases: ['write-json'] },
  },
  run(session, { flags }) {
    const moment = (text: string | undefined) =>
      text === undefined ? undefined : parseMoment(text, session.clock.nowMs());
    return showAudit(
      session,
      flags.file,
      {
        user: flags.user,
        job: flags.job,
        what: flags.call,
        result: flags.result,
        denials: flags.denied,
        sinceMs: moment(flags.since),
        untilMs: moment(flags.until),
      },
      flags.json,
    );
  },
});
