/** Where ours is not meant to do what the original was recorded doing, each with the reason. */
export interface Other {
  readonly why: string;
  /** Ours, where it is another one. */
  readonly verdict?: string;
  /** Ours, by process, where it is another number. */
  readonly runs?: Readonly<Record<string, number>>;
  readonly anyRuns?: true;
  readonly anyLogs?: true;
  /** What kills get here instead of 60 s. */
  readonly graceMs?: number;
  /** Without the pause between runs, which is all that makes it long. */
  readonly hurry?: true;
  /** Not repeated at all. */
  readonly notHere?: true;
}

const SIGNAL = 'a death by signal counts as a failure';
const FASTER = 'the same with less to wait for';

const TREE = 'SIGTERM reaches the whole tree, of which bash tells';
const NO_LOSE = 'nothing makes a task LOST from outside; this is a kill without grace';
const ENDLESS = 'how often an endless process ran until the end is a matter of time';

export const DIFFERENT: Readonly<Record<string, Other>> = {
  'launch-error': { why: 'needs a directory in the way; see runner.test.ts', notHere: true },
  'name-percent': {
    why: 'any name that can be a directory works',
    verdict: 'SUCCESS',
    anyRuns: true,
    anyLogs: true,
  },
  'name-unicode': { why: 'works without a UTF-8 locale', verdict: 'SUCCESS', anyRuns: true, anyLogs: true },
  'cmd-unicode': { why: 'works without a UTF-8 locale', verdict: 'SUCCESS', anyRuns: true, anyLogs: true },
  'cmd-too-long': { why: 'refused before the start; see acceptance.test.ts', notHere: true },
  'duplicate-names': { why: 'refused before the start; see acceptance.test.ts', notHere: true },
  'ephemeral-alone': { why: 'the original leaves the process behind; it is not started here', anyRuns: true },
  'kill-parent': { why: 'the parent of a shell is the executor, here the test itself', notHere: true },
  'self-kill': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'self-segv': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'self-term': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'shell-killed': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'coordinator-killed': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'final-coordinator-killed': { why: SIGNAL, runs: { fin: 1 }, anyLogs: true },
  'exec-signal': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'ephemeral-signal': { why: SIGNAL, runs: { e: 1 }, anyLogs: true },
  'kill-own-group': { why: SIGNAL, verdict: 'FAILED', runs: { p: 1 }, anyLogs: true },
  'signal-not-counted': { why: SIGNAL, runs: { p: 2 }, anyLogs: true },
  'kill-loss-cap': { why: SIGNAL, runs: { never: 1 }, hurry: true },
  'daemon-cap': { why: 'a daemon that succeeds is never given up; see planner.test.ts', notHere: true },
  'fail-unlimited-cap': { why: FASTER, hurry: true },
  'kill-term-ignored': { why: FASTER, graceMs: 1_500 },
  'kill-early': { why: 'here the process is started at once', anyRuns: true, anyLogs: true },
  'kill-forked': { why: 'no process is without its shell here', anyRuns: true, anyLogs: true },
  'kill-in-final': { why: 'a kill lets running final processes go on', runs: { fin: 1 }, anyLogs: true },
  'final-failure-and-kill': {
    why: 'a kill lets running final processes go on',
    anyRuns: true,
    anyLogs: true,
    graceMs: 1_500,
  },
  'kill-twice': { why: TREE, anyRuns: true, anyLogs: true },
  'kill-in-cleaning': { why: TREE, anyLogs: true },
  'kill-compound': { why: TREE, anyLogs: true },
  'kill-setuid': { why: TREE, anyLogs: true },
  'kill-term-handler': { why: TREE, anyLogs: true },
  'kill-term-handler-rc': { why: TREE, anyLogs: true },
  'no-subreaper-kill-compound': { why: TREE, anyLogs: true },
  'zero-finalization-kill': { why: TREE, anyLogs: true },
  'ephemeral-others': { why: TREE, anyLogs: true },
  'lose-running': { why: NO_LOSE, verdict: 'KILLED', graceMs: 0, anyLogs: true },
  'lose-in-cleaning': { why: NO_LOSE, verdict: 'KILLED', graceMs: 0, anyRuns: true, anyLogs: true },
  'kill-after-usr2': { why: NO_LOSE, verdict: 'KILLED', graceMs: 1_500, anyRuns: true, anyLogs: true },
  'daemon-restart-kill': { why: ENDLESS, anyRuns: true, anyLogs: true },
  'ephemeral-daemon': { why: ENDLESS, anyRuns: true, anyLogs: true },
  'env-user-unknown': {
    why: 'whose name stands in USER of the executor does not matter',
    verdict: 'SUCCESS',
    anyRuns: true,
  },
  'fds-inherited': { why: 'about files of the runner; see executor.test.ts', notHere: true },
  'stdin-pipe': { why: 'about standard input of the runner, which is the test here', notHere: true },
  'session-ids': { why: 'the shell leads its session, and no signal is ignored', anyLogs: true },
  'session-ids-piped': { why: 'the shell leads its session, and no signal is ignored', anyLogs: true },
  'log-both-rotate': { why: 'where a file is cut depends on what is read at once', anyLogs: true },
  'log-file-rotate': { why: 'where a file is cut depends on what is read at once', anyLogs: true },
  'log-rotate-one-write': { why: 'rotation does not cut lines', anyLogs: true },
  'log-huge-output': { why: 'SIGPIPE is not ignored', anyLogs: true },
  'log-piped-background': {
    why: 'a background child ends with its shell, however output is logged',
    anyLogs: true,
  },
};

const RUNNER = 'executor and task are one process: there is no runner that is killed, started again or twice';

/** About parts that ours does not have. Their checkpoint files are read all the same; see checkpoints.test.ts. */
export const NO_RUNNER_OF_ITS_OWN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'dup-header-runner',
      'dup-process-runner',
      'empty-union-runner',
      'garbage-runner',
      'garbage-runner-body',
      'offline-kill-alive',
      'offline-kill-dead',
      'offline-kill-process-gone',
      'restart-other-ports',
      'restart-other-task',
      'restart-terminal',
      'runner-and-coordinator-killed',
      'runner-killed-cleaning',
      'runner-killed-final',
      'runner-killed-forked',
      'runner-killed-process-ends',
      'runner-killed-process-fails',
      'runner-killed-running',
      'runner-killed-usr1-lost',
      'runner-sigterm',
      'trunc-coordinator',
      'trunc-coordinator-all',
      'trunc-runner-clean',
      'trunc-runner-empty',
      'trunc-runner-forked',
      'trunc-runner-header',
      'trunc-runner-last',
      'trunc-runner-noheader',
      'two-runners',
      'zero-length-runner',
    ].map((id) => [id, RUNNER]),
  ),
};
