import type { Interfaces } from '@oclif/core';
import { CommandHelp } from '@oclif/core/help';
import type { CommandClass } from './command.ts';
import { oclifConfig } from './oclif-config.ts';
import { fail, type Outside, readsFiles, takesModules } from './run.ts';
import { COMMANDS, TOPICS } from './table.ts';

/**
 * Help about a command or a topic, or about everything when the subject is empty. `words` is the command line that asks
 * for it: with the flags that plugins add there.
 */
export async function helpText(subject: string, words: readonly string[], outside: Outside): Promise<string> {
  const load = Object.hasOwn(COMMANDS, subject) ? COMMANDS[subject] : undefined;
  if (load) {
    const { default: command } = await load();
    return `${await commandText(command)}${await pluginText(command, words, outside)}`;
  }
  return subject in TOPICS ? topicText(subject) : overview();
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length > 0 ? `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}` : '';

/** Formats rows as two columns: a name and its description. */
function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

async function summaries(ids: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const rows = ids.map(async (id) => {
    const { default: command } = await (COMMANDS[id] as (typeof COMMANDS)[string])();
    return [id, command.summary ?? ''] as const;
  });
  return Promise.all(rows);
}

async function overview(): Promise<string> {
  const plain = Object.keys(COMMANDS).filter((id) => !id.includes(' '));
  return [
    'Runs jobs on a Mesos cluster, and a cluster of one machine for trying things out.\n',
    section('USAGE', ['aurora COMMAND [OPTIONS]', 'aurora COMMAND --help']),
    section('TOPICS', columns(Object.entries(TOPICS))),
    section('COMMANDS', columns(await summaries(plain))),
    section('EXAMPLES', [
      'aurora scheduler start',
      'aurora job create local/hello/devel/hello_world hello_world.aurora.ts',
      'aurora job status local/hello/devel/hello_world',
    ]),
  ].join('');
}

async function topicText(topic: string): Promise<string> {
  const ids = Object.keys(COMMANDS).filter((id) => id.startsWith(`${topic} `));
  return [
    `${TOPICS[topic]}\n`,
    section('USAGE', [`aurora ${topic} COMMAND [OPTIONS]`, `aurora ${topic} COMMAND --help`]),
    section('COMMANDS', columns(await summaries(ids))),
  ].join('');
}

async function pluginText(
  command: CommandClass,
  words: readonly string[],
  outside: Outside,
): Promise<string> {
  if (!takesModules(command)) return '';
  const { pluginRows } = await import('../client/hooks/plugin-rows.ts');
  const rows = await pluginRows(outside, words, { readsFiles: readsFiles(command), fail });
  return rows.length > 0 ? section('FLAGS OF PLUGINS', columns(rows)) : '';
}

async function commandText(command: CommandClass): Promise<string> {
  const named = (parts: object) =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part, name }]));
  const { summary, description, examples, args, flags, strict, id } = command;
  const shown = {
    id,
    description,
    examples,
    args: named(args),
    flags: named(flags),
    strict,
    aliases: [],
  };
  const options = { all: true, docopts: false, noAliases: true, maxWidth: 110 } as Interfaces.HelpOptions;
  const body = new CommandHelp(shown as never, oclifConfig, options).generate();
  const own = command.ownFlags ? section('FLAGS', columns(await command.ownFlags())) : '';
  return `${summary}\n\n${body}\n${own}`;
}
