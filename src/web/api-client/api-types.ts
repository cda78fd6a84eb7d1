/** `/apiclient/api_types.js`: the types of the API as globals, named as the original's generated file names them. */
import {
  ACTIVE_JOB_UPDATE_STATES,
  ACTIVE_STATES,
  AURORA_EXECUTOR_NAME,
  AWAITING_PULSE_JOB_UPDATE_STATES,
  BYPASS_LEADER_REDIRECT_HEADER,
  LIVE_STATES,
  SLAVE_ASSIGNED_STATES,
  TASK_FILESYSTEM_MOUNT_POINT,
  TERMINAL_STATES,
} from '../../api/constants.ts';
import { TYPES } from '../../api/tables/all.ts';
import { ENUMS } from '../../api/tables/enums.ts';
import { structClass } from './structs.ts';

const numbers = (states: ReadonlySet<string>, of: Readonly<Record<string, number>>): readonly number[] =>
  [...states].map((state) => of[state] as number);

const identifier = '^[\\w\\-\\.]+$';

Object.assign(globalThis, structuredClone(ENUMS), {
  // Types with a dot in their names belong to the log and the executor, not to the API.
  ...Object.fromEntries(
    Object.keys(TYPES)
      .filter((name) => !name.includes('.'))
      .map((name) => [name, structClass(name)]),
  ),
  AURORA_EXECUTOR_NAME,
  ACTIVE_STATES: numbers(ACTIVE_STATES, ENUMS.ScheduleStatus),
  SLAVE_ASSIGNED_STATES: numbers(SLAVE_ASSIGNED_STATES, ENUMS.ScheduleStatus),
  LIVE_STATES: numbers(LIVE_STATES, ENUMS.ScheduleStatus),
  TERMINAL_STATES: numbers(TERMINAL_STATES, ENUMS.ScheduleStatus),
  ACTIVE_JOB_UPDATE_STATES: numbers(ACTIVE_JOB_UPDATE_STATES, ENUMS.JobUpdateStatus),
  // Misspelled as in the original.
  AWAITNG_PULSE_JOB_UPDATE_STATES: numbers(AWAITING_PULSE_JOB_UPDATE_STATES, ENUMS.JobUpdateStatus),
  GOOD_IDENTIFIER_PATTERN: identifier,
  GOOD_IDENTIFIER_PATTERN_JVM: identifier,
  GOOD_IDENTIFIER_PATTERN_PYTHON: identifier,
  BYPASS_LEADER_REDIRECT_HEADER_NAME: BYPASS_LEADER_REDIRECT_HEADER,
  TASK_FILESYSTEM_MOUNT_POINT,
});
