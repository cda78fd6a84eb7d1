import { constants } from 'node:os';

/** The description of each signal by strsignal(3), which Mesos' messages quote. */
const DESCRIPTIONS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
  SIGSYS: 'Bad system call',
};

/**
 * `Command exited with status 3`, `Command terminated with signal Killed`. @param status raw wait status; negative when
 * unknown
 */
export function commandEnding(status: number): string {
  if (status < 0) return 'Command ended while the agent was away, its status is unknown';
  if (status % 256 === 0) return `Command exited with status ${status / 256}`;
  const [name] = Object.entries(constants.signals).find(([, number]) => number === status) ?? [];
  return `Command terminated with signal ${DESCRIPTIONS[name as NodeJS.Signals] ?? status}`;
}
