import type { CommandClass } from './command.ts';

type Load = () => Promise<{ readonly default: CommandClass }>;

/**
 * Every command and its file. The build makes a bundle of its own from each line, so that a command starts without
 * reading the others; `aurora` itself, help and mistyped names use this table.
 */
export const COMMANDS: Readonly<Record<string, Load>> = {
  'config check': () => import('./config/check.ts'),
  'config list': () => import('./config/list.ts'),
  executor: () => import('./executor.ts'),
  init: () => import('./init.ts'),
  'job create': () => import('./job/create.ts'),
  'job inspect': () => import('./job/inspect.ts'),
  'job kill': () => import('./job/kill.ts'),
  'job killall': () => import('./job/killall.ts'),
  'job list': () => import('./job/list.ts'),
  'job status': () => import('./job/status.ts'),
  'scheduler start': () => import('./scheduler/start.ts'),
  version: () => import('./version.ts'),
};

/** What the first words of commands are about. */
export const TOPICS: Readonly<Record<string, string>> = {
  config: 'Configuration files',
  job: 'Jobs and their tasks',
  scheduler: 'The scheduler and its embedded cluster',
};
