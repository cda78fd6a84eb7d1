import { ERRORS, messageOf } from '../../base/errors.ts';
import type { Plugin, PluginOption } from '../../dsl/client-config.ts';
import type { Session } from '../session.ts';
import type { Fail } from './fail.ts';

/** The exit code that an error asks for, else the code of HOOK. */
export function codeOf(error: unknown): number {
  const wanted = (error as { readonly exitCode?: unknown } | undefined)?.exitCode;
  return typeof wanted === 'number' && Number.isInteger(wanted) && wanted > 0 && wanted < 256
    ? wanted
    : ERRORS.HOOK.exit;
}

/** The flags that plugins add. Throws CONFIG when two plugins add the same flag. */
export function optionsOf(plugins: readonly Plugin[], fail: Fail): Readonly<Record<string, PluginOption>> {
  const options: Record<string, PluginOption> = {};
  for (const { name, options: own = {} } of plugins)
    for (const [flag, option] of Object.entries(own)) {
      if (flag in options) throw fail('CONFIG', `plugin ${name} has a flag --${flag} that another one has`);
      options[flag] = option;
    }
  return options;
}

/**
 * Passes the words through all plugins; a number is the exit code when a plugin refuses. Throws USAGE when a plugin
 * changes the noun or the verb.
 */
export async function dispatched(
  plugins: readonly Plugin[],
  words: readonly string[],
  { env, complain }: Pick<Session, 'env' | 'complain'>,
  fail: Fail,
): Promise<readonly string[] | number> {
  let own = words;
  for (const plugin of plugins) {
    if (!plugin.before_dispatch) continue;
    try {
      own = [...(await plugin.before_dispatch(own, env))];
    } catch (error) {
      complain(`Error in plugin ${plugin.name} before dispatch: ${messageOf(error)}\n`);
      return codeOf(error);
    }
    if (own[0] !== words[0] || own[1] !== words[1])
      throw fail('USAGE', `plugin ${plugin.name} made another command of ${words.slice(0, 2).join(' ')}`);
  }
  return own;
}
