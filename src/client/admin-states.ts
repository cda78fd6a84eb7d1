import { ENUMS } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import type { Status } from './tasks.ts';

/** Parses a list of states such as `RUNNING,LOST`. Throws BAD_PARAMETER, with a message that names all states. */
export function parseStates(text: string): readonly Status[] {
  return text.split(',').map((name) => {
    if (Object.hasOwn(ENUMS.ScheduleStatus, name)) return name as Status;
    throw new AuroraError('BAD_PARAMETER', `Unknown state '${name}' specified`, {
      next: `valid are ${Object.keys(ENUMS.ScheduleStatus).join(', ')}`,
    });
  });
}
