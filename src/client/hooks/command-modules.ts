import type { PluginOption } from '../../dsl/client-config.ts';
import type { Session } from '../session.ts';
import type { CallHooks } from './call-hooks.ts';
import type { Fail } from './fail.ts';
import { loadModules } from './loaded-modules.ts';
import type { ModuleFile } from './module-files.ts';
import { callHooks } from './run-call-hooks.ts';
import { type ParsedCommand, runHooked } from './run-command-hooks.ts';
import { dispatched, optionsOf } from './run-plugins.ts';

/** What the user's own modules have to say about one command. */
export interface CommandModules {
  /** Flags that plugins add. */
  readonly options: Readonly<Record<string, PluginOption>>;
  readonly calls: CallHooks;
  /** The words, noun and verb first, as plugins want them; a number is the exit code of one that refuses. */
  dispatch(words: readonly string[]): Promise<readonly string[] | number>;
  /** Runs a command with what belongs around it; the result is the exit code. Throws what the command throws. */
  run(session: Session, command: ParsedCommand, run: (session: Session) => Promise<number>): Promise<number>;
}

/** Loads the modules for a command; a bundle apart, since few command lines have any. Throws CONFIG. */
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
