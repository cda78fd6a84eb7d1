import type { Interfaces } from '@oclif/core';
import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../base/errors.ts';
import { ADMIN_FAILED, quietSession } from '../client/admin-answer.ts';
import type { Session } from '../client/session.ts';
import { type CommandClass, command } from './command.ts';
import { limits } from './flags.ts';

type ArgInput = Interfaces.ArgInput;
type FlagInput = Interfaces.FlagInput;

const shared = {
  verbose: Flags.boolean({ char: 'v', description: 'say more about what is done, on stderr' }),
  quiet: Flags.boolean({ char: 'q', description: 'say nothing but results and failures' }),
  'bypass-leader-redirect': Flags.boolean({
    description: 'ask the scheduler of that address even when it does not lead',
  }),
  ...limits,
};

interface Definition<A extends ArgInput, F extends FlagInput> {
  readonly summary: string;
  readonly description?: string;
  /** Example command lines, without the leading `aurora admin NAME`. */
  readonly examples: readonly string[];
  readonly args: A;
  readonly flags: F;
  run(
    session: Session,
    given: { readonly args: Interfaces.OutputArgs<A>; readonly flags: Interfaces.OutputFlags<F> },
  ): Promise<number>;
}

/**
 * Defines an administrator's command, under its name in the original's admin client. As in the original, failures exit
 * with 1 and mistakes in the command line with 2; only interrupts and bugs keep their own exit codes.
 */
export function adminCommand<A extends ArgInput, F extends FlagInput>(
  name: string,
  definition: Definition<A, F>,
): CommandClass {
  const { examples, flags, run, ...rest } = definition;
  return command(`admin ${name}`, {
    ...rest,
    examples: examples.map((words) => `aurora admin ${name} ${words}`),
    flags: { ...flags, ...shared },
    async run(session, given) {
      const shown = given.flags as { quiet: boolean; 'bypass-leader-redirect': boolean };
      const own: Session = {
        ...(shown.quiet ? quietSession(session) : session),
        userAgent: 'Aurora Admin',
        bypassLeader: shown['bypass-leader-redirect'],
      };
      try {
        return await run(own, given as Parameters<typeof run>[1]);
      } catch (error) {
        if (session.signal.aborted || !(error instanceof AuroraError) || error.code === 'USAGE') throw error;
        session.complain(`${error.message}\n`);
        if (session.give) {
          const { errorForm } = await import('../client/json-result.ts');
          session.give(errorForm(error));
        }
        return ADMIN_FAILED;
      }
    },
  });
}
