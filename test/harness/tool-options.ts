import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * The options of a tool for developers. With `--help` prints how it is used and ends the process with 0; with options
 * that it does not have, with 2.
 */
export function toolOptions<Config extends ParseArgsConfig>(usage: string, config: Config) {
  const options = { ...config.options, help: { type: 'boolean' } } as Config['options'];
  const fail = (problem: string): never => {
    console.error(`${problem}\n\n${usage}`);
    process.exit(2);
  };
  const parsed = (() => {
    try {
      return parseArgs({ ...config, options });
    } catch (error) {
      return fail((error as Error).message);
    }
  })();
  if ((parsed.values as { help?: boolean }).help) {
    console.log(usage);
    process.exit(0);
  }
  return { ...parsed, fail };
}
