import * as Flags from '@oclif/core/flags';
import { showAudit } from '../../client/audit-log.ts';
import { parseMoment } from '../../client/moment.ts';
import { adminCommand } from '../admin-command.ts';
import { json } from '../flags.ts';

const TIME = 'a time (2026-11-21T14:00, local without a zone), an age (-2h) or milliseconds since 1970';

export default adminCommand('audit', {
  summary: 'Show who changed what, and who was turned away',
  description: "Reads the scheduler's audit log and its rotated files. Run it on the scheduler's machine.",
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
    user: Flags.string({ description: 'only entries of this user' }),
    job: Flags.string({
      helpValue: 'ROLE[/ENV[/NAME]]',
      description: 'only entries about this job, or about jobs of this role or environment',
    }),
    call: Flags.string({ description: 'only this call, or this path of a page' }),
    result: Flags.string({
      description: 'only this result: OK, INVALID_REQUEST, AUTH_FAILED, 401, 403, ...',
    }),
    denied: Flags.boolean({ description: 'only calls that were refused for lack of permission or login' }),
    since: Flags.string({ helpValue: 'TIME', description: `not before ${TIME}` }),
    until: Flags.string({ helpValue: 'TIME', description: 'not after this time' }),
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
