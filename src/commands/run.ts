import { closestName } from '../base/closest-name.ts';
import { AuroraError, ERRORS, messageOf } from '../base/errors.ts';
import { loadTracing } from '../base/tracing.ts';
import type { CommandModules } from '../client/hooks/command-modules.ts';
import type { Fail } from '../client/hooks/fail.ts';
import { moduleFiles } from '../client/hooks/module-files.ts';
import { commandLog } from '../client/log.ts';
import type { Session } from '../client/session.ts';
import type { CommandClass } from './command.ts';
import { oclifConfig } from './oclif-config.ts';
import { pluginFlags } from './plugin-flags.ts';
import { plainWords } from './words.ts';

/** The session without its log, because the log depends on the command's flags. */
export type Outside = Omit<Session, 'log'>;

/**
 * Runs a command and returns the exit code. Failures are reported on stderr, if possible in one line. Calls belong to
 * the trace that TRACEPARENT names; when an OpenTelemetry SDK is present, the command is a span of that trace.
 */
export async function runCommand(
  Class: CommandClass,
  words: readonly string[],
  outside: Outside,
): Promise<number> {
  const parent = outside.env.TRACEPARENT;
  const tracing = await loadTracing();
  if (!tracing) return run(Class, words, parent ? { ...outside, traceparent: parent } : outside);
  const span = tracing.start(`aurora ${Class.id}`, parent);
  const code = await run(Class, words, { ...outside, traceparent: span.traceparent });
  span.end({ 'process.exit.code': code }, code === 0 ? undefined : `exit code ${code}`);
  await tracing.flush();
  return code;
}

async function run(Class: CommandClass, words: readonly string[], outside: Outside): Promise<number> {
  const verbose = Class.strict && words.some((word) => word === '-v' || word === '--verbose');
  const log = commandLog(outside.complain, verbose);
  try {
    if (!Class.strict) return await new Class([...words], oclifConfig, { ...outside, log }).execute();
    const modules = await modulesFor(Class, words, outside);
    const given = modules ? await modules.dispatch([...Class.id.split(' '), ...words]) : words;
    if (typeof given === 'number') return given;
    const own = modules ? given.slice(Class.id.split(' ').length) : given;
    const flags = modules ? { ...Class.flags, ...pluginFlags(modules.options, Class.flags) } : Class.flags;
    return await new Class(
      plainWords(own, flags),
      oclifConfig,
      { ...outside, log },
      modules && { modules, flags, words: given },
    ).execute();
  } catch (error) {
    if (outside.signal.aborted) {
      log.error({}, 'Command interrupted by user');
      return ERRORS.INTERRUPTED.exit;
    }
    return failed(error, Class.id, outside);
  }
}

/** Whether hooks and plugins apply to a command; as in the original, not to admin commands. */
export const takesModules = ({ id, strict }: CommandClass): boolean => strict && !id.startsWith('admin ');

/** Whether a command reads job files, so that the module beside them applies. */
export const readsFiles = ({ args, flags }: CommandClass): boolean =>
  'config_file' in args || 'config' in flags;

/** Makes the errors of modules. */
export const fail: Fail = (code, text, next, where) => new AuroraError(code, text, { next, where });

/** The modules with hooks and plugins for a command line; undefined when there are none. */
async function modulesFor(
  Class: CommandClass,
  words: readonly string[],
  outside: Outside,
): Promise<CommandModules | undefined> {
  if (!takesModules(Class)) return undefined;
  const files = moduleFiles(outside, words, readsFiles(Class));
  if (files.length === 0) return undefined;
  const { commandModules } = await import('../client/hooks/command-modules.ts');
  return commandModules(files, outside, fail);
}

/** Reports why a command failed or was not found, and returns the exit code. */
export function failed(error: unknown, command: string | undefined, { complain, env }: Outside): number {
  const program = command === undefined ? 'aurora' : `aurora ${command}`;
  const usage = (text: string) => {
    complain(`${program}: ${text}\nsee ${program} --help\n`);
    return ERRORS.USAGE.exit;
  };
  if (isParserError(error)) return usage(`${plainText(messageOf(error))}${meantInstead(error)}`);
  if (!(error instanceof AuroraError)) {
    const trace = error instanceof Error && env.AURORA_TRACE ? `${error.stack}\n` : '';
    complain(
      `${program}: ${messageOf(error)}: this is a bug in aurora; set AURORA_TRACE=1 to see where\n${trace}`,
    );
    return ERRORS.BUG.exit;
  }
  // A new error, because oclif changes the message of an error that is thrown while it parses a flag.
  const { message } = new AuroraError(error.code, error.text, error);
  if (error.exitCode === ERRORS.USAGE.exit) return usage(message);
  complain(`${message}\n`);
  return error.exitCode;
}

/** Whether an error comes from oclif's parser, recognised by its fields. */
const isParserError = (error: unknown): boolean =>
  error instanceof Error && ('oclif' in error || 'parse' in error);

/** For flags that do not exist: the flag that was most likely meant. oclif's error has both lists. */
function meantInstead(error: unknown): string {
  const { flags = [], parse } = error as {
    readonly flags?: readonly string[];
    readonly parse?: { readonly input?: { readonly flags?: object } };
  };
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const near = Array.isArray(flags) ? flags.flatMap((given) => closestName(given, known) ?? []) : [];
  return near.length === 0 ? '' : `; did you mean ${near.join(' and ')}?`;
}

/** A message on one line, without oclif's hints. */
const plainText = (text: string): string =>
  text
    .replaceAll(/\x1b\[\d+m/g, '')
    .replace(/\n?See more help with --help/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
