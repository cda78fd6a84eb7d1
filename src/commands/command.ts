import type { Config, Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import type { CommandModules } from '../client/hooks/command-modules.ts';
import type { Session } from '../client/session.ts';
import { callLimits } from './call-limits.ts';
import { json } from './flags.ts';
import { withoutMarks } from './words.ts';

type ArgInput = Interfaces.ArgInput;
type FlagInput = Interfaces.FlagInput;
/** The exit code; no value means 0. */
type Outcome = Promise<number> | Promise<void>;

/** Rows of help: flags and their descriptions. */
type FlagRows = () => Promise<readonly (readonly [flag: string, text: string])[]>;

/** A command as data: its arguments and flags, its help texts, and the function that runs it. */
interface Definition<A extends ArgInput, F extends FlagInput> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What the summary leaves out. */
  readonly description?: string;
  /** Example command lines, as a user would type them. */
  readonly examples: readonly string[];
  /** Positional arguments, in order. */
  readonly args: A;
  readonly flags: F;
  /** Returns the exit code; no value means 0. Throws AuroraError for every failure with a known cause. */
  run(
    session: Session,
    given: { readonly args: Interfaces.OutputArgs<A>; readonly flags: Interfaces.OutputFlags<F> },
  ): Outcome;
}

/** A command that passes its words on unparsed, to the part of the product that it starts. */
interface RawDefinition {
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly string[];
  /** The flags that the words may contain, for help. */
  readonly words?: FlagRows;
  run(session: Session, words: readonly string[]): Outcome;
}

/** The user's modules for a command line, and what they made of it. */
interface HookedWords {
  readonly modules: CommandModules;
  /** The command's own flags and those of plugins. */
  readonly flags: FlagInput;
  /** The words as changed by plugins, including noun and verb. */
  readonly words: readonly string[];
}

/** The class of a command in the shape that oclif expects; an instance is made with the session that it runs in. */
export interface CommandClass {
  readonly id: string;
  readonly summary: string;
  /** Empty when the summary is enough. */
  readonly description: string;
  readonly examples: readonly string[];
  readonly args: ArgInput;
  readonly flags: FlagInput;
  /** False for a command that passes its words on unparsed. */
  readonly strict: boolean;
  /** Flags for the help text that oclif does not know about. */
  readonly ownFlags: FlagRows | undefined;
  new (
    argv: string[],
    config: Config,
    session: Session,
    hooked?: HookedWords | undefined,
  ): { execute(): Promise<number> };
}

/** Makes the class of the command that a definition describes. */
export function command<A extends ArgInput, F extends FlagInput>(
  id: string,
  definition: Definition<A, F>,
): CommandClass {
  const hasOwnJson = 'json' in definition.flags;
  const allFlags = hasOwnJson ? definition.flags : { ...definition.flags, json };
  return class extends SessionCommand {
    static override id = id;
    static override summary = definition.summary;
    static override description = definition.description ?? '';
    static override examples = [...definition.examples];
    static override args = definition.args;
    static override flags = allFlags;
    static readonly ownFlags = undefined;

    async run() {
      const { args, flags } = await this.parse({
        args: definition.args,
        flags: this.hooked?.flags ?? allFlags,
        strict: true,
      });
      const session = { ...this.session, limits: callLimits(flags, this.session.env) };
      const given = {
        args: args as Interfaces.OutputArgs<A>,
        flags: withoutMarks(flags) as Interfaces.OutputFlags<F>,
      };
      const alone = (own: Session) => exitCode(definition.run(own, given));
      const { hooked } = this;
      const run = hooked
        ? (own: Session) => hooked.modules.run(own, { id, words: hooked.words, ...given }, alone)
        : alone;
      if (!(flags as { readonly json?: boolean }).json) return run(session);
      const { errorForm, withJson } = await import('../client/json-result.ts');
      try {
        return await (hasOwnJson ? run(session) : withJson(session, run));
      } catch (error) {
        if (!session.signal.aborted) session.print(`${JSON.stringify(errorForm(error))}\n`);
        throw error;
      }
    }
  };
}

/** Makes the class of a command that passes its words on unparsed. */
export function rawCommand(id: string, definition: RawDefinition): CommandClass {
  return class extends SessionCommand {
    static override id = id;
    static override summary = definition.summary;
    static override description = definition.description ?? '';
    static override examples = [...definition.examples];
    static override flags = {};
    static override strict = false;
    static readonly ownFlags = definition.words;

    async run() {
      this.parsed = true;
      return exitCode(definition.run(this.session, this.argv));
    }
  };
}

const exitCode = async (outcome: Outcome): Promise<number> => (await outcome) ?? 0;

abstract class SessionCommand extends Command {
  protected readonly session: Session;
  protected readonly hooked: HookedWords | undefined;

  constructor(argv: string[], config: Config, session: Session, hooked?: HookedWords | undefined) {
    super(argv, config);
    this.session = session;
    this.hooked = hooked;
  }

  execute(): Promise<number> {
    return this._run();
  }

  /** Does nothing, because oclif would look for deprecated names in a configuration that we do not have. */
  protected override async init(): Promise<void> {}

  /** Rethrows, because the caller reports failures. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
