import { resolve } from 'node:path';
import { systemRandom } from '../base/random.ts';
import type { Session } from '../client/session.ts';
import { forgetFramework } from '../scheduler/backup/forget-framework.ts';
import { parseSchedulerFlags } from '../scheduler/flags/parse.ts';
import { logPlace } from '../scheduler/leader/ensemble.ts';
import { openLogHome } from '../scheduler/leader/log-home.ts';
import { programLog } from './program-log.ts';
import { schedulerDefaults } from './scheduler-defaults.ts';

/** Removes the framework id from a log, prints what it was, and returns the exit code. */
export async function forgetFrameworkOf(session: Session, words: readonly string[]): Promise<number> {
  const options = parseSchedulerFlags([...schedulerDefaults(session.env), ...words]);
  const { clock } = session;
  const place = logPlace(options);
  const logger = programLog(session.complain);
  const home = await openLogHome({
    clock,
    random: systemRandom,
    log: logger,
    place,
    dataDir: options.dataDir,
    maxEntryBytes: options.logMaxEntryBytes,
    openLog: undefined,
  });
  const target = place?.shown ?? resolve(options.dataDir);
  try {
    const { frameworkId, running } = await forgetFramework({ log: home.log, clock, logger });
    session.print(
      frameworkId === undefined
        ? `There is no framework id in ${target}.\n`
        : `Forgot framework ${frameworkId} in ${target}. The next start registers anew and asks Mesos for ${running} running tasks; those that Mesos does not know are started again.\n`,
    );
  } finally {
    await home.close();
  }
  return 0;
}
