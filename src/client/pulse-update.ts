import { sleep } from '../base/clock.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { handOver } from './programs.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { updateMeant, wireUpdateKey } from './updates.ts';
import { leavingAlone } from './wait-update.ts';

export interface PulseOptions {
  readonly id?: string | undefined;
  /** Send a pulse at this interval until the update has ended; undefined sends one. */
  readonly everyMs?: number | undefined;
  /** A shell command to run before each pulse; the pulse is only sent when it exits with 0. */
  readonly check?: string | undefined;
}

/**
 * Sends a pulse to an update, which tells it that all is well, or sends pulses until the update has ended. An update
 * that needs pulses pauses without them. Returns the exit code: 4 when a single pulse was not sent because the check
 * failed.
 */
export async function pulseUpdate(
  session: Session,
  job: ClusterJobKey,
  { id, everyMs, check }: PulseOptions,
): Promise<number> {
  const scheduler = schedulerOf(session, job.cluster);
  const key = await updateMeant(session, scheduler, job, id);
  return leavingAlone(session, key, async () => {
    for (;;) {
      const isWell = check === undefined || (await handOver(session, '/bin/sh', ['-c', check])) === 0;
      const given = { job: jobKeyText(job), id: key.id };
      if (isWell) {
        const response = await scheduler.query('pulseJobUpdate', { key: wireUpdateKey(key) });
        const header = 'Failed to pulse update due to error:';
        const { result } = requireOk(response, session.log, { header });
        const status = result?.pulseJobUpdateResult?.status;
        session.print(
          status === 'FINISHED' ? 'Update needs no more pulses: it has ended.\n' : 'Pulse has been sent.\n',
        );
        session.give?.({ ...given, pulsed: true, status });
        if (status === 'FINISHED') return 0;
      } else {
        session.print('No pulse: the check failed.\n');
        session.give?.({ ...given, pulsed: false });
      }
      if (everyMs === undefined) return isWell ? 0 : CHECK_FAILED;
      await sleep(session.clock, everyMs, session.signal);
    }
  });
}

/** The exit code of COMMAND_FAILED. */
const CHECK_FAILED = 4;
