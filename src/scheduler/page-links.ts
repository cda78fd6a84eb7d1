import type { PageLink, WithToolLinks } from '../api/views/shared.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { namedFile } from './flags/named-file.ts';

/** The names that addresses may contain in braces, and on which screens each of them is known. */
const KNOWN_ON = {
  cluster: ['role', 'job', 'instance', 'host'],
  role: ['role', 'job', 'instance'],
  env: ['job', 'instance'],
  job: ['job', 'instance'],
  instance: ['instance'],
  task: ['instance'],
  host: ['instance', 'host'],
} as const;
type Name = keyof typeof KNOWN_ON;
const NAMES = Object.keys(KNOWN_ON) as readonly Name[];

/** The screens that show links; `instance` is that of a task, too. */
const SCREENS = ['role', 'job', 'instance', 'host'] as const;
export type LinkedScreen = (typeof SCREENS)[number];

/** What stands for the names. A link is left out when it names something that is not known, such as a host before there is one. */
export type LinkValues = Readonly<Partial<Record<Name, string | undefined>>>;

interface Template {
  readonly name: string;
  readonly url: string;
  readonly on: readonly LinkedScreen[];
}

/** Links from the page to an operator's own tools. */
export interface PageLinks {
  /** The links that a screen shows, as a part of its view; nothing when there are none. */
  of(screen: LinkedScreen, values: LinkValues): WithToolLinks;
}

const MOST_LINKS = 20;
const MOST_NAME = 40;
const REFERENCE = /\{([^{}]*)\}/g;

const namesIn = (url: string): string[] => [...url.matchAll(REFERENCE)].map(([, name]) => name as string);

const isHttp = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:';

function parsed(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

const filledWith = (url: string, valueFor: (name: Name) => string): string =>
  url.replace(REFERENCE, (_, name: Name) => valueFor(name));

/** An address with the same structure as every address that a template gives. */
const sampleOf = (template: string): URL | undefined => parsed(filledWith(template, () => 'x'));

/** Addresses may have stranger hosts, but no machine has such a name. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])$/i;

/** Whether the address has dots that would lead up in its path; encoded dots do that, too, so none are allowed. */
const leadsUp = (address: string): boolean =>
  address
    .replace(/[?#].*$/s, '')
    .split('/')
    .some((segment) => segment === '.' || segment === '..');

/** The value as a part of an address; undefined when it cannot be one, such as half of a pair of surrogates. */
function encoded(value: string): string | undefined {
  try {
    return encodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/**
 * The address that a template gives. Values are encoded; undefined when one is missing, cannot be a part of a host's
 * name where it stands for one, or would lead up in the path.
 */
function filled(template: string, values: LinkValues): string | undefined {
  const parts = new Map(namesIn(template).map((name) => [name, encoded(values[name as Name] ?? '')]));
  if ([...parts.values()].some((part) => !part)) return undefined;
  const address = filledWith(template, (name) => parts.get(name) as string);
  const url = parsed(address);
  return url && isHttp(url) && HOST.test(url.hostname) && !leadsUp(address) ? url.href : undefined;
}

function templateOf(entry: unknown, refuse: (what: string) => AuroraError): Template {
  if (typeof entry !== 'object' || entry === null) throw refuse('each link is an object with name and url');
  const { name, on, url, ...others } = entry as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name.trim() === '' || name.length > MOST_NAME)
    throw refuse(`each link needs a name of at most ${MOST_NAME} letters, not ${JSON.stringify(name)}`);
  const wrong = (what: string) => refuse(`link ${JSON.stringify(name)}: ${what}`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`${unknown} is not known; known are name, on and url`);
  if (typeof url !== 'string') throw wrong('url must be a text');
  const names = namesIn(url);
  const strange = names.find((one) => !Object.hasOwn(KNOWN_ON, one));
  if (strange !== undefined)
    throw wrong(`{${strange}} is not known; known are ${NAMES.map((one) => `{${one}}`).join(' ')}`);
  const sample = sampleOf(url);
  if (!sample || !isHttp(sample) || sample.username !== '' || sample.password !== '')
    throw wrong(`url must be an http or https address without a password, not ${url}`);
  const fits = (screen: LinkedScreen) =>
    names.every((one) => (KNOWN_ON[one as Name] as readonly string[]).includes(screen));
  if (on === undefined) return { name, url, on: SCREENS.filter(fits) };
  const screens = Array.isArray(on) ? on : [on];
  for (const screen of screens) {
    if (!SCREENS.includes(screen)) throw wrong(`on is one or more of ${SCREENS.join(', ')}, not ${screen}`);
    const missing = names.find((one) => !(KNOWN_ON[one as Name] as readonly string[]).includes(screen));
    if (missing !== undefined) throw wrong(`{${missing}} is not known on the screen of a ${screen}`);
  }
  return { name, url, on: screens };
}

/** Parses `[{"name": TEXT, "url": ADDRESS, "on": SCREENS?}]`; errors name the file `where`. @throws AuroraError CONFIG */
export function parsePageLinks(text: string, where: string): PageLinks {
  const refuse = (what: string) => new AuroraError('CONFIG', `page links: ${what}`, { where });
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  if (!Array.isArray(file)) throw refuse('must be a list of links');
  if (file.length > MOST_LINKS) throw refuse(`at most ${MOST_LINKS} links are shown, not ${file.length}`);
  const templates = file.map((entry) => templateOf(entry, refuse));
  return {
    of(screen, values) {
      const links = templates.flatMap(({ name, on, url }): PageLink[] => {
        const href = on.includes(screen) ? filled(url, values) : undefined;
        return href === undefined ? [] : [{ name, href }];
      });
      return links.length > 0 ? { toolLinks: links } : {};
    },
  };
}

/**
 * The links of this scheduler's page.
 * @throws AuroraError CONFIG, naming the file, when that of -page_links cannot be read or is invalid.
 */
export function loadPageLinks(path: string | undefined): PageLinks {
  if (path === undefined) return parsePageLinks('[]', '');
  const { text, where } = namedFile(path, 'the file of page links');
  return parsePageLinks(text, where);
}
