import { ENUMS, type ScheduleStatus } from '../../api/index.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { namedFile } from '../flags/named-file.ts';

/** The file of `-webhook_config`. Names are the original's; those after `statuses` are ours. */
export interface WebhookConfig {
  readonly targetUrl: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Time limit of one delivery, in milliseconds. */
  readonly timeoutMs: number;
  /** The statuses to report; undefined means all. */
  readonly statuses: ReadonlySet<ScheduleStatus> | undefined;
  /** How often a failed delivery is tried again. Default 0, as in the original. */
  readonly retries: number;
  /** Whether the changes of one task are delivered in order. Default false. */
  readonly ordered: boolean;
  /** Whether forgotten tasks are reported. Default false. */
  readonly deletions: boolean;
  /** How many deliveries may wait; further ones are dropped and counted. Default 10,000. */
  readonly maxQueue: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_QUEUE = 10_000;
const MOST_RETRIES = 20;

type Members = Readonly<Record<string, unknown>>;

/** Parses the file's JSON; `where` names the file in errors. @throws AuroraError CONFIG */
export function parseWebhook(text: string, where: string): WebhookConfig {
  const refuse = (what: string) => new AuroraError('CONFIG', `webhook: ${what}`, { where });
  let file: Members;
  try {
    file = JSON.parse(text) as Members;
  } catch (error) {
    throw refuse(messageOf(error));
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) throw refuse('must be an object');
  const unknown = Object.keys(file).filter((name) => !NAMES.has(name));
  if (unknown.length > 0)
    throw refuse(`${unknown.join(', ')} is not known; known are ${[...NAMES].join(', ')}`);
  const number = (name: string, preset: number, most: number): number => {
    const value = file[name] ?? preset;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw refuse(`${name} must be a whole number from 0 to ${most}`);
  };
  const flag = (name: string): boolean => {
    const value = file[name] ?? false;
    if (typeof value === 'boolean') return value;
    throw refuse(`${name} must be true or false`);
  };
  const headers = file.headers ?? {};
  if (typeof headers !== 'object' || Object.values(headers).some((value) => typeof value !== 'string'))
    throw refuse('headers must be an object whose values are texts');
  return {
    targetUrl: targetUrl(file.targetURL, refuse),
    headers: headers as Readonly<Record<string, string>>,
    timeoutMs: number('timeoutMsec', DEFAULT_TIMEOUT_MS, 3_600_000) || DEFAULT_TIMEOUT_MS,
    statuses: statuses(file.statuses, refuse),
    retries: number('retries', 0, MOST_RETRIES),
    ordered: flag('ordered'),
    deletions: flag('deletions'),
    maxQueue: number('maxQueue', DEFAULT_MAX_QUEUE, 1_000_000),
  };
}

const NAMES: ReadonlySet<string> = new Set([
  'headers',
  'targetURL',
  'timeoutMsec',
  'statuses',
  'retries',
  'ordered',
  'deletions',
  'maxQueue',
]);

function targetUrl(value: unknown, refuse: (what: string) => AuroraError): URL {
  if (typeof value === 'string' && URL.canParse(value)) {
    const url = new URL(value);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  throw refuse(`targetURL must be an http or https URL, not ${JSON.stringify(value)}`);
}

function statuses(
  value: unknown,
  refuse: (what: string) => AuroraError,
): ReadonlySet<ScheduleStatus> | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw refuse('statuses must be a list');
  if (value.includes('*')) return undefined;
  const wrong = value.filter((status) => !Object.hasOwn(ENUMS.ScheduleStatus, status as string));
  if (wrong.length > 0)
    throw refuse(
      `statuses has ${wrong.join(', ')}; known are ${Object.keys(ENUMS.ScheduleStatus).join(', ')} and *`,
    );
  return new Set(value as ScheduleStatus[]);
}

/** The webhook configuration, if there is one. @throws AuroraError CONFIG when the file cannot be read or is invalid */
export function loadWebhook(path: string | undefined): WebhookConfig | undefined {
  if (path === undefined) return undefined;
  const { text, where } = namedFile(path, 'the webhook file');
  return parseWebhook(text, where);
}
