import { readFileSync } from 'node:fs';
import { AuroraError, messageOf } from '../base/errors.ts';

/** The two ways to name hosts on a command line: a list separated by commas, or a file with one host a line. */
export interface HostNames {
  readonly list?: string | undefined;
  readonly file?: string | undefined;
}

const bad = (text: string, next: string) => new AuroraError('BAD_PARAMETER', text, { next });

/** The text of the file that an option names. Throws BAD_PARAMETER. */
export function optionFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw bad(`${path} cannot be read: ${messageOf(error)}`, 'name a file that is there');
  }
}

function named({ list, file }: HostNames): readonly string[] {
  const words = file === undefined ? (list ?? '').split(',') : optionFile(file).split('\n');
  const hosts = [...new Set(words.map((word) => word.trim()))].filter((word) => word !== '').sort();
  if (hosts.length > 0) return hosts;
  throw bad(`No valid hosts found${file === undefined ? '' : ` in ${file}`}.`, 'name at least one host');
}

/**
 * The hosts from exactly one of the two options, sorted and without repetitions; blank lines are ignored. Throws
 * BAD_PARAMETER.
 */
export function requiredHosts(given: HostNames): readonly string[] {
  if (Boolean(given.list) === Boolean(given.file))
    throw bad('Please specify either --filename or --hosts', 'give one of them');
  return named(given);
}

/** The hosts from one of the two options; undefined when neither is given. Throws BAD_PARAMETER. */
export function optionalHosts(given: HostNames): readonly string[] | undefined {
  if (given.list && given.file)
    throw bad('Cannot specify both filename and list for the same option.', 'leave one of them out');
  return given.list || given.file ? named(given) : undefined;
}
