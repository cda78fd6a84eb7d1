import { ERRORS, messageOf } from '../../base/errors.ts';
import type { CommandHook, Plugin, RunningCommand } from '../../dsl/client-config.ts';
import { matchesGlob } from '../glob.ts';
import type { Session } from '../session.ts';
import { codeOf } from './run-plugins.ts';

/** A command line that has been parsed. */
export interface ParsedCommand {
  /** `job create`. */
  readonly id: string;
  readonly words: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** The exit code and message when a plugin or hook ends the command before it runs. */
type Stopped = { readonly code: number; readonly text: string };

/**
 * Runs, in this order: `before_execution` of plugins, `pre_command` of hooks, the command, `post_command` of hooks when
 * the command returned 0, and `after_execution` of plugins. Source: the original's order. The original only runs the
 * first `post_command`, which is a defect.
 */
export async function runHooked(
  session: Session,
  parsed: ParsedCommand,
  { plugins, hooks }: { readonly plugins: readonly Plugin[]; readonly hooks: readonly CommandHook[] },
  run: (session: Session) => Promise<number>,
): Promise<number> {
  const command = commandOf(session, parsed);
  const chosen = selected(hooks, parsed);
  const stopped = await before(session, command, plugins, chosen);
  if (stopped) {
    session.give?.({ error: { cause: 'HOOK', exit: stopped.code, text: stopped.text } });
    return stopped.code;
  }
  let code = codeOf(undefined);
  try {
    code = await run(session);
    if (code === 0)
      for (const hook of chosen)
        await telling(session, `command hook ${hook.name}`, () => hook.post_command?.(command, code));
    return code;
  } catch (error) {
    code = session.signal.aborted ? ERRORS.INTERRUPTED.exit : codeOf(error);
    throw error;
  } finally {
    for (const plugin of plugins)
      await telling(session, `plugin ${plugin.name}`, () => plugin.after_execution?.(command, code));
  }
}

function commandOf({ complain, env }: Session, { id, words, args, flags }: ParsedCommand): RunningCommand {
  const [noun = '', verb = ''] = id.split(' ');
  return { noun, verb, words, args, flags, env, say: (line) => complain(`${line}\n`) };
}

/** The hooks that apply to this command, without those to skip; unknown names to skip are no error. */
function selected(hooks: readonly CommandHook[], { id, flags }: ParsedCommand): readonly CommandHook[] {
  const skipped = String(flags['skip-hooks'] ?? '').split(',');
  if (skipped.length === 1 && skipped[0] === 'all') return [];
  return hooks.filter(
    ({ name, commands = ['*'] }) =>
      !skipped.includes(name) && commands.some((pattern) => matchesGlob(pattern, id)),
  );
}

async function before(
  session: Session,
  command: RunningCommand,
  plugins: readonly Plugin[],
  hooks: readonly CommandHook[],
): Promise<Stopped | undefined> {
  const failed = (what: string, error: unknown): Stopped => {
    const text = `Error in ${what}: ${messageOf(error)}`;
    session.complain(`${text}\n`);
    return { code: codeOf(error), text };
  };
  for (const plugin of plugins) {
    try {
      await plugin.before_execution?.(command);
    } catch (error) {
      return failed(`plugin ${plugin.name} before execution`, error);
    }
  }
  for (const hook of hooks) {
    try {
      const code = (await hook.pre_command?.(command)) ?? 0;
      if (code === 0) continue;
      const text = `Command aborted by command hook ${hook.name} with error code ${code}`;
      session.print(`${text}\n`);
      return { code: codeOf({ exitCode: code }), text };
    } catch (error) {
      return failed(`command hook ${hook.name}`, error);
    }
  }
  return undefined;
}

/** Runs something that comes after the command; a failure there no longer changes the outcome. */
async function telling(session: Session, who: string, tell: () => unknown): Promise<void> {
  try {
    await tell();
  } catch (error) {
    session.log.warn({}, `${who} failed after the command: ${messageOf(error)}`);
  }
}
