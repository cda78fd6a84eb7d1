import type { PluginOption } from '../../dsl/client-config.ts';
import type { Session } from '../session.ts';
import type { CallHooks } from './call-hooks.ts';
import type { Fail } from './fail.ts';
import { loadModules } from './loaded-modules.ts';
import type { ModuleFile } from './module-files.ts';
import { callHooks } from './run-call-hooks.ts';
import { type ParsedCommand, runHooked } from './run-command-hooks.ts';
import { dispatched, optionsOf } from './run-plugins.ts';

/** How the user's modules take part in one command. */
export interface CommandModules {
  /** Flags that plugins add. */
  readonly options: Readonly<Record<string, PluginOption>>;
  readonly calls: CallHooks;
  /**
   * Passes the words, beginning with noun and verb, through all plugins and returns the result; a number is the exit
   * code when a plugin refuses.
   */
  dispatch(words: readonly string[]): Promise<readonly string[] | number>;
  /** Runs a command with its hooks and plugins and returns the exit code. Throws whatever the command throws. */
  run(session: Session, command: ParsedCommand, run: (session: Session) => Promise<number>): Promise<number>;
}

/** Loads the modules for a command. It is in a bundle of its own, since few commands have modules. Throws CONFIG. */
export async function commandModules(
  files: readonly ModuleFile[],
  session: Pick<Session, 'env' | 'complain'>,
  fail: Fail,
): Promise<CommandModules> {
  if (session.env.AURORA_TRACE) process.setSourceMapsEnabled(true);
  const modules = await loadModules(files, fail);
  const plugins = modules.flatMap(({ config }) => config.plugins ?? []);
  const hooks = modules.flatMap(({ config }) => config.commandHooks ?? []);
  const calls = callHooks(modules, fail);
  return {
    options: optionsOf(plugins, fail),
    calls,
    dispatch: (words) => dispatched(plugins, words, session, fail),
    run: (own, command, run) => runHooked({ ...own, hooks: calls }, command, { plugins, hooks }, run),
  };
}
