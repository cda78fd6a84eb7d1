import type { Config, Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import type { CommandModules } from '../client/hooks/command-modules.ts';
import type { Session } from '../client/session.ts';
import { callLimits } from './call-limits.ts';
import { json } from './flags.ts';
import { withoutMarks } from './words.ts';

type ArgInput = Interfaces.ArgInput;
type FlagInput = Interfaces.FlagInput;
/** An exit code; nothing means 0. */
type Outcome = Promise<number> | Promise<void>;

/** Flags and what they are for. */
type FlagRows = () => Promise<readonly (readonly [flag: string, text: string])[]>;

/** A command as data: what it takes, what help says about it, and the one call that it makes. */
interface Definition<A extends ArgInput, F extends FlagInput> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What the summary leaves out. */
  readonly description?: string;
  /** Command lines as a user would type them. */
  readonly examples: readonly string[];
  /** Positional arguments, in their order. */
  readonly args: A;
  readonly flags: F;
  /** The result is the exit code; nothing means 0. Throws AuroraError for every failure of which the cause is known. */
  run(
    session: Session,
    given: { readonly args: Interfaces.OutputArgs<A>; readonly flags: Interfaces.OutputFlags<F> },
  ): Outcome;
}

/** A command whose words are read by the part that it starts, not here. */
interface RawDefinition {
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly string[];
  /** What the words can be, for help. */
  readonly words?: FlagRows;
  run(session: Session, words: readonly string[]): Outcome;
}

/** The modules of the user's that a command line is about, and what they have made of it. */
interface HookedWords {
  readonly modules: CommandModules;
  /** The command's own, and those of plugins. */
  readonly flags: FlagInput;
  /** With noun and verb. */
  readonly words: readonly string[];
}

/** A command's class, as oclif wants it; made with the session that it runs in. */
export interface CommandClass {
  readonly id: string;
  readonly summary: string;
  /** Empty when the summary says it all. */
  readonly description: string;
  readonly examples: readonly string[];
  readonly args: ArgInput;
  readonly flags: FlagInput;
  /** False for a command that gets its words as they were typed. */
  readonly strict: boolean;
  /** Flags that oclif does not know. */
  readonly ownFlags: FlagRows | undefined;
  new (
    argv: string[],
    config: Config,
    session: Session,
    hooked?: HookedWords | undefined,
  ): { execute(): Promise<number> };
}

/** The command that a definition describes. */
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

/** A command that gets its words as they were typed. */
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

  /** oclif would look for deprecated names here, in a configuration that we do not have. */
  protected override async init(): Promise<void> {}

  /** Failures are told by whoever runs the command. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
