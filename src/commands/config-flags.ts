/**
 * Flags for reading a configuration file. They are apart from the other flags, because commands that read none would
 * contain the language's parser of names otherwise.
 */
import * as Flags from '@oclif/core/flags';
import { AuroraError } from '../base/errors.ts';
import type { ConfigFlags } from '../client/job-config.ts';

export const config = {
  bind: Flags.custom<readonly [name: string, value: string]>({
    helpValue: 'NAME=VALUE',
    description: 'fill in a template variable of the file; can be given several times',
    parse: (text) => parseBinding(text),
  })({ multiple: true, multipleNonGreedy: true }),
  'read-json': Flags.boolean({ description: 'the file is JSON' }),
  typecheck: Flags.boolean({
    description: "check the file's types first, with the TypeScript of its project",
  }),
};

/**
 * The flags for reading a configuration file as the client takes them; when a binding's name is repeated the last one
 * counts.
 */
export const configFlags = (flags: {
  readonly bind?: readonly (readonly [string, string])[] | undefined;
  readonly 'read-json': boolean;
  readonly typecheck: boolean;
}): ConfigFlags => ({
  binds: Object.fromEntries(flags.bind ?? []),
  json: flags['read-json'],
  typecheck: flags.typecheck,
});

/**
 * Parses the value of `--bind`. Names in bindings are read by the language's own parser, which is loaded here because
 * nothing else needs it.
 */
async function parseBinding(text: string): Promise<readonly [string, string]> {
  const at = text.indexOf('=');
  if (at < 0)
    throw new AuroraError('USAGE', `--bind ${text} has no "="`, { next: 'write --bind NAME=VALUE' });
  const name = text.slice(0, at);
  const { bindingProblem } = await import('../client/binding-name.ts');
  const problem = bindingProblem(name);
  if (problem) throw new AuroraError('USAGE', `--bind ${text}: ${problem}`);
  return [name, text.slice(at + 1)];
}
