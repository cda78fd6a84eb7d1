import { command } from './command.ts';
import { packageVersion } from './package-version.ts';

export default command('version', {
  summary: 'Print the version',
  examples: ['aurora version'],
  args: {},
  flags: {},
  async run(session) {
    session.print(`${packageVersion()}\n`);
    session.give?.({ version: packageVersion() });
  },
});
