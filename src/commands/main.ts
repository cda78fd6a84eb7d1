import { closestName } from '../base/closest-name.ts';
import { AuroraError } from '../base/errors.ts';
import { packageVersion } from './package-version.ts';
import { failed, type Outside, runCommand } from './run.ts';
import { COMMANDS, TOPICS } from './table.ts';

const HELP = new Set(['-h', '--help', 'help']);

/** Runs a command line, given without the program's name, and returns the exit code. An empty one asks for help. */
export async function main(words: readonly string[], outside: Outside): Promise<number> {
  const [first] = words;
  if (first === '--version' || first === '-V') {
    outside.print(`${packageVersion()}\n`);
    return 0;
  }
  const isAdmin = first === 'admin' && words[1] === 'complete';
  if (first === 'complete' || isAdmin) {
    const { completeWords } = await import('./complete.ts');
    const typed = words.slice(words.indexOf('--') + 1);
    await completeWords(isAdmin ? ['admin', ...typed] : typed, outside);
    return 0;
  }
  const asked = helpSubject(words);
  if (asked !== undefined) {
    const { helpText } = await import('./help.ts');
    outside.print(await helpText(asked, words, outside));
    return 0;
  }
  const id = commandId(words);
  try {
    if (id === undefined) throw unknownCommand(words);
    const load = COMMANDS[id] as (typeof COMMANDS)[string];
    return await runCommand((await load()).default, words.slice(id.split(' ').length), outside);
  } catch (error) {
    return failed(error, id, outside);
  }
}

/** The longest command that the words begin with. */
const commandId = (words: readonly string[]): string | undefined =>
  [words.slice(0, 2).join(' '), words[0] ?? ''].find((id) => Object.hasOwn(COMMANDS, id));

/**
 * The subject of a request for help: a command, a topic, or '' for everything; undefined when no help was requested.
 */
function helpSubject(words: readonly string[]): string | undefined {
  if (words.length === 0) return '';
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  if (!HELP.has(own[0] ?? '') && !own.slice(1).some((word) => word === '-h' || word === '--help'))
    return undefined;
  const subject = own.filter((word) => !HELP.has(word));
  const id = commandId(subject);
  if (id !== undefined || subject.length === 0) return id ?? '';
  return Object.hasOwn(TOPICS, subject[0] ?? '') ? subject[0] : undefined;
}

function unknownCommand(words: readonly string[]): AuroraError {
  const [topic = '', verb] = words;
  if (topic.startsWith('-')) {
    return new AuroraError('USAGE', `${topic} comes before the command`, {
      next: 'write options after it: aurora COMMAND [OPTIONS]',
    });
  }
  const inTopic = Object.keys(COMMANDS).filter((id) => id.startsWith(`${topic} `));
  const verbs = inTopic.map((id) => id.slice(topic.length + 1)).join(', ');
  if (inTopic.length > 0 && verb === undefined)
    return new AuroraError('USAGE', `${topic} needs a command`, { next: `there are ${verbs}` });
  const given = inTopic.length > 0 ? `${topic} ${verb}` : words.slice(0, 2).join(' ');
  const nearest = closestName(given, inTopic.length > 0 ? inTopic : Object.keys(COMMANDS));
  return new AuroraError('USAGE', `there is no command ${given}`, {
    next: nearest
      ? `did you mean aurora ${nearest}?`
      : inTopic.length > 0
        ? `there are ${verbs}`
        : 'see aurora --help',
  });
}
