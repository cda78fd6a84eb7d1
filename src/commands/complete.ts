import { silentLogger } from '../base/log.ts';
import { clusterNames, keysBeginning } from '../client/completion-keys.ts';
import type { Session } from '../client/session.ts';
import type { CommandClass } from './command.ts';
import { fail, type Outside, readsFiles, takesModules } from './run.ts';
import { COMMANDS, TOPICS } from './table.ts';

/** Tells the shell to complete file names, which it does best itself. */
const FILES = ':files';

const FILE_NAMES =
  /^(?:config_file|file|config|plan|out|pid-file|filename|post_drain_script|unsafe_hosts_file)$/;
/** The arguments that are keys, and the number of parts of each. */
const KEY_PARTS: Readonly<Record<string, number>> = {
  jobspec: 4,
  instance_spec: 4,
  task_instance: 4,
  filter: 4,
  from: 4,
  role: 2,
};

/**
 * Prints the candidates for the last word of a command line, one a line, or `:files`. A candidate that ends in a slash
 * can be continued. The shells' scripts (shell-completions.ts) call this. Never fails: on errors there are no
 * candidates.
 */
export async function completeWords(words: readonly string[], outside: Outside): Promise<void> {
  const session: Session = { ...outside, log: silentLogger };
  try {
    const own = withoutEquals(words);
    const word = own.at(-1) ?? '';
    const found = await candidates(own, session);
    outside.print(
      found
        .filter((one) => one === FILES || one.startsWith(word))
        .map((one) => `${one}\n`)
        .join(''),
    );
  } catch {
    // Errors, for example in a clusters file, are reported when the command itself runs.
  }
}

/** Joins what bash splits: it passes `--flag=value` as three words. */
function withoutEquals(words: readonly string[]): readonly string[] {
  const own: string[] = [];
  for (const [at, word] of words.entries()) {
    if (word === '=' && own.at(-1)?.startsWith('--')) {
      if (at === words.length - 1) own.push('');
    } else own.push(word);
  }
  return own;
}

async function candidates(words: readonly string[], session: Session): Promise<readonly string[]> {
  const [first = '', second] = words;
  const ids = Object.keys(COMMANDS);
  if (words.length <= 1)
    return [...Object.keys(TOPICS), ...ids.filter((id) => !id.includes(' ')), 'help', '--help', '--version'];
  if (first === 'help') return candidates(words.slice(1), session);
  const id = [`${first} ${second}`, first].find((one) => Object.hasOwn(COMMANDS, one));
  const length = id?.split(' ').length ?? 0;
  if (id === undefined || words.length <= length)
    return words.length === 2
      ? ids.filter((one) => one.startsWith(`${first} `)).map((one) => one.slice(first.length + 1))
      : [];
  const load = COMMANDS[id] as (typeof COMMANDS)[string];
  return ofCommand((await load()).default, words.slice(length), session);
}

async function ofCommand(
  command: CommandClass,
  words: readonly string[],
  session: Session,
): Promise<readonly string[]> {
  const { args, flags, ownFlags } = command;
  const word = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const flagOf = (text: string | undefined) =>
    Object.entries(flags).find(([name, { char }]) => text === `--${name}` || (char && text === `-${char}`));
  const open = flagOf(before.at(-1));
  if (open?.[1].type === 'option') return valuesOf(open[0], open[1], word, session);
  if (word.startsWith('-')) {
    const own = [...((await ownFlags?.()) ?? []), ...(await ofPlugins(command, before, session))].map(
      ([text]) => (/--[\w-]+/.exec(text) ?? /-[\w-]+/.exec(text))?.[0] ?? '',
    );
    const shown = Object.entries(flags).filter(([, { hidden }]) => !hidden);
    return [...shown.map(([name]) => `--${name}`), ...own, '--help'];
  }
  const given = before.filter(
    (text, at) => !text.startsWith('-') && flagOf(before[at - 1])?.[1].type !== 'option',
  );
  const named = Object.entries(args);
  const [name, arg] = named[Math.min(given.length, named.length - 1)] ?? [];
  if (name === undefined || arg === undefined || (given.length >= named.length && !arg.multiple)) return [];
  return valuesOf(name, arg, word, session);
}

/** The flags that plugins add, with their descriptions. Nothing is said about modules that cannot be loaded. */
async function ofPlugins(command: CommandClass, words: readonly string[], { env }: Session) {
  if (!takesModules(command)) return [];
  const { pluginRows } = await import('../client/hooks/plugin-rows.ts');
  return pluginRows({ env, complain: () => {} }, words, { readsFiles: readsFiles(command), fail });
}

async function valuesOf(
  name: string,
  { options }: { readonly options?: readonly string[] | undefined },
  word: string,
  session: Session,
): Promise<readonly string[]> {
  if (options) return options;
  if (FILE_NAMES.test(name)) return [FILES];
  if (name === 'cluster') return clusterNames(session, '');
  const parts = KEY_PARTS[name];
  return parts === undefined ? [] : keysBeginning(session, word, parts);
}
