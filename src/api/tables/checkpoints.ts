import type { Definitions } from './definitions.ts';

/**
 * The records that an executor writes about its task, one `thermos.RunnerCkpt` each. Source: the original's
 * thermos_internal.thrift. Times of processes are seconds since the epoch, those of the task milliseconds.
 */
export const CHECKPOINTS = {
  'thermos.RunnerHeader': {
    struct: {
      task_id: [1, 'string'],
      launch_time_ms: [2, 'i64'],
      sandbox: [3, 'string'],
      hostname: [4, 'string'],
      user: [5, 'string'],
      ports: [6, 'map<string,i64>'],
      /** Old files have neither this field nor the next. */
      log_dir: [7, 'string', 'unset'],
      uid: [8, 'i32', 'unset'],
      /** Ours: runs that are no longer in the file, by process; the original skips what it does not know. */
      dropped_runs: [100, 'map<string,i64>', 'unset'],
      /**
       * Ours: identifies the process of `runner_pid`, so that no later process with that id is taken for it. Its start in
       * clock ticks since boot, the id of that boot, and the PID namespace that the id belongs to (pid_namespaces(7)).
       */
      runner_start_ticks: [101, 'i64', 'unset'],
      boot_id: [102, 'string', 'unset'],
      pid_namespace: [103, 'string', 'unset'],
    },
  },
  'thermos.ProcessStatus': {
    struct: {
      seq: [1, 'i64'],
      process: [3, 'string'],
      state: [5, 'thermos.ProcessState', 'unset'],
      start_time: [6, 'double', 'unset'],
      pid: [7, 'i32', 'unset'],
      stop_time: [8, 'double', 'unset'],
      return_code: [9, 'i32', 'unset'],
      coordinator_pid: [10, 'i32', 'unset'],
      fork_time: [11, 'double', 'unset'],
    },
  },
  'thermos.TaskStatus': {
    struct: {
      state: [1, 'thermos.TaskState', 'unset'],
      timestamp_ms: [2, 'i64'],
      runner_pid: [3, 'i32', 'unset'],
      runner_uid: [4, 'i32', 'unset'],
    },
  },
  /** A union in the original; a struct here, because the original's reader accepts several members and takes the first. */
  'thermos.RunnerCkpt': {
    struct: {
      runner_header: [1, 'thermos.RunnerHeader', 'unset'],
      process_status: [2, 'thermos.ProcessStatus', 'unset'],
      task_status: [3, 'thermos.TaskStatus', 'unset'],
    },
  },
} as const satisfies Definitions;
