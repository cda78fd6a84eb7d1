/** docs/cli.md and the man pages, made of the commands themselves. */
import type { CommandClass } from '../../src/commands/command.ts';
import { COMMANDS, TOPICS } from '../../src/commands/table.ts';

interface Described {
  readonly id: string;
  readonly command: CommandClass;
  readonly usage: string;
  readonly args: readonly (readonly [name: string, text: string])[];
  readonly flags: readonly (readonly [name: string, text: string])[];
}

const described = async (): Promise<readonly Described[]> =>
  Promise.all(
    Object.entries(COMMANDS).map(async ([id, load]) => {
      const { default: command } = await load();
      const args = Object.entries(command.args);
      const usage = args.map(([name, { required, multiple }]) => {
        const word = `${name.toUpperCase()}${multiple ? '...' : ''}`;
        return required ? word : `[${word}]`;
      });
      const shown = Object.entries(command.flags).filter(([, { hidden }]) => !hidden);
      const own = command.ownFlags ? await command.ownFlags() : [];
      return {
        id,
        command,
        usage: ['aurora', id, ...usage, ...(shown.length + own.length > 0 ? ['[OPTIONS]'] : [])].join(' '),
        args: args.map(([name, { description = '' }]) => [name.toUpperCase(), description] as const),
        flags: [
          ...shown.map(([name, flag]) => [flagWords(name, flag), flag.description ?? ''] as const),
          ...own,
        ],
      };
    }),
  );

function flagWords(name: string, flag: CommandClass['flags'][string]): string {
  const short = flag.char ? `-${flag.char}, ` : '';
  if (flag.type !== 'option') return `${short}--${flag.allowNo ? '[no-]' : ''}${name}`;
  const value = flag.options ? flag.options.slice(0, 8).join('|') : (flag.helpValue ?? name.toUpperCase());
  const shown = flag.options && flag.options.length > 8 ? `${value}|...` : value;
  return `${short}--${name}=${shown}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (rows: readonly (readonly [string, string])[]): readonly string[] =>
  rows.length === 0
    ? []
    : ['| | |', '|---|---|', ...rows.map(([name, text]) => `| \`${cell(name)}\` | ${cell(text)} |`), ''];

/** docs/cli.md. */
export async function cliPage(): Promise<string> {
  const all = await described();
  const groups = [...Object.entries(TOPICS), ['', 'Others']] as const;
  const parts = groups.flatMap(([topic, about]) => {
    const own = all.filter(({ id }) => (topic ? id.startsWith(`${topic} `) : !id.includes(' ')));
    return [
      `## ${topic || 'others'}`,
      '',
      `${about}.`,
      '',
      ...own.flatMap(({ id, command, usage, args, flags }) => [
        `### ${id}`,
        '',
        `${command.summary}.${command.description ? ` ${command.description}` : ''}`,
        '',
        '```',
        usage,
        '```',
        '',
        ...table(args),
        ...table(flags),
        '```',
        ...command.examples,
        '```',
        '',
      ]),
    ];
  });
  return [
    '# Commands',
    '',
    'Made of the commands themselves. Long flags may be shortened while one fits; flags may stand anywhere; `--` ends them.',
    'Exit codes are in [errors.md](errors.md), what `--json` prints in [json-output.schema.json](json-output.schema.json).',
    '`aurora_admin X` is `aurora admin X`.',
    '',
    ...parts,
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** A text for troff: no control lines, backslashes and dashes as they are. */
const troff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

/** A man page of the commands that fit, each in a part of its own. */
export async function manPage(program: 'aurora' | 'aurora_admin'): Promise<string> {
  const isAdmin = program === 'aurora_admin';
  const all = (await described()).filter(({ id }) => id.startsWith('admin ') === isAdmin);
  const name = (text: string) => (isAdmin ? text.replace(/^aurora admin /, 'aurora_admin ') : text);
  const item = ([word, text]: readonly [string, string]) => ['.TP', `.B ${troff(word)}`, troff(text)];
  const about = isAdmin
    ? 'scheduler, quotas, backups and hosts of an Aurora cluster'
    : 'jobs on an Aurora cluster';
  return [
    `.TH ${program.toUpperCase()} 1`,
    '.SH NAME',
    `${program} \\- ${about}`,
    '.SH SYNOPSIS',
    `.B ${program}`,
    '.I COMMAND',
    '[OPTIONS]',
    ...all.flatMap(({ command, usage, args, flags }) => [
      `.SH ${troff(name(`aurora ${command.id}`)).toUpperCase()}`,
      '.nf',
      troff(name(usage)),
      '.fi',
      '.PP',
      troff(`${command.summary}.${command.description ? ` ${command.description}` : ''}`),
      ...[...args, ...flags].flatMap(item),
      '.PP',
      'Examples:',
      '.nf',
      ...command.examples.map((example) => troff(name(example))),
      '.fi',
    ]),
    '.SH EXIT STATUS',
    isAdmin
      ? '0; 1 for every failure, 2 for a mistake in the command line, 130 when interrupted.'
      : '0; 2 usage, 3 configuration, 4 command failed, 6 bad parameter, 7 network, 9 timeout, 10 refused by the scheduler, 20 unknown, 30 authentication, 130 interrupted.',
    '.SH FILES',
    '/etc/aurora/clusters.json, ~/.aurora/clusters.json, ~/.netrc',
    '',
  ].join('\n');
}
