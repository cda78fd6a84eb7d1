import type { Gist } from './scenario.ts';

/**
 * How our words for a line of the original begin or go, where they differ. A text stands for itself; the original's
 * own words are kept where scripts look for them.
 */
const OURS: readonly (readonly [RegExp, (found: RegExpExecArray) => string | RegExp])[] = [
  [/^(Unknown grouping function by_moon)/, ([, words]) => `${words}`],
  // hosts are listed sorted, without the original's notation of sets
  [
    /^(.*)(?:set\()?\['([^\]]*)'\]\)?(\. New percentage: )?/,
    ([, words = '', hosts = '', more = '']) =>
      `${words.replace(/set\($/, '')}${hosts.split("', '").sort().join(', ')}${more}`,
  ],
  [/^ClusterNotFound: u'Unknown cluster (\w+)/, ([, name]) => `Unknown cluster: ${name}; known are`],
  [/^No tasks were found for jobkey (.*)/, ([, key]) => `${key} has no tasks`],
  [/^Connection error with scheduler: (.*), reconnecting/, ([, text]) => `: ${text}; trying again`],
  [
    /^Transport error communicating with scheduler: .*?: (\d+) .* retrying/,
    ([, status]) => new RegExp(`: ${status} .*; trying again`),
  ],
  [
    /^Transport error communicating with scheduler: .* retrying/,
    () => /(?:ECONNREFUSED|socket hang up).*; trying again/,
  ],
  [
    /non-idempotent operation: .*?: (\d\d\d) /,
    ([, status]) => new RegExp(`may or may not have been carried out: ${status} `),
  ],
  [/non-idempotent operation/, () => 'may or may not have been carried out'],
  [
    /^Timed out attempting to issue (\S+) to (\S+)/,
    ([, method, cluster]) => new RegExp(`gave up on ${method} .*${cluster}`),
  ],
  [
    /^Error loading configuration: Timed out attempting to issue (\S+)/,
    ([, method]) => `gave up on ${method}`,
  ],
  [/^Error loading configuration: (401|403) /, ([, status]) => `${status} `],
  [
    /^(401|403) Client Error: (\w+) for url: (.*)/,
    ([, status, text, url]) => `${status} ${text} from ${url}`,
  ],
  [/^AuthError: (401|403) Client Error: (\w+)/, ([, status, text]) => `${status} ${text} from `],
  [/^Unknown cluster: (\w+)\. Known clusters: (\w+)/, ([, name]) => `Unknown cluster: ${name}; known are`],
  [
    /^Error loading configuration: unexpected EOF.*\((\w+)\.aurora/,
    ([, file]) => new RegExp(`Error loading configuration: .*${file}\\.aurora\\.ts:\\d+`),
  ],
  [
    /^Error loading configuration file: unexpected EOF.*\((\w+)\.aurora/,
    ([, file]) => new RegExp(`Error loading configuration file: .*${file}\\.aurora\\.ts:\\d+`),
  ],
  [
    /name '(\w+)' is not defined/,
    ([, name]) => new RegExp(`Error loading configuration.*: .*${name}.*undefined\\.aurora\\.ts:\\d+`),
  ],
  [
    /^Error loading configuration: .*No such file or directory: '(\w+)\.aurora'/,
    ([, file]) => new RegExp(`Error loading configuration: .*${file}\\.aurora\\.ts`),
  ],
  [
    /^Error loading configuration file: Could not load resource (\w+)\.aurora/,
    ([, file]) => new RegExp(`Error loading configuration file: .*${file}\\.aurora\\.ts`),
  ],
  [/^Error loading configuration: No job defined/, () => 'Error loading configuration: the file has no jobs'],
  [
    /^Error loading configuration: Could not find job (.*)/,
    ([, key]) => `Error loading configuration: there is no job ${key}`,
  ],
  [/^Candidates are:/, () => 'there are '],
  [/^ {2}(\S+\/\S+)$/, ([, key]) => `${key}`],
  [/Unexpected unbound refs: {{(\w+)}}/, ([, name]) => new RegExp(`Error loading configuration: .*${name}`)],
  [/Task must specify resources/, () => /Error loading configuration: .*resources/],
  [/must be dedicated in order to specify static ports/, () => /Error loading configuration: .*dedicated/],
  [
    /max_total_failures in update_config must/,
    () => /Error loading configuration: .*maxTotalFailures: must be less than/,
  ],
  [/^Based on your job size \((\d+)\)/, ([, size]) => `the job has ${size} instances`],
  [
    /Invalid value \((-\d+)\) specified for watch_secs/,
    ([, value]) => new RegExp(`Error loading configuration: .*watchSecs.*${value}`),
  ],
  [/Unknown schema attribute (\w+)/, ([, name]) => new RegExp(`Error loading configuration: .*${name}`)],
  [/Unable to interpolate {{(\w+)}}/, ([, name]) => `{{${name}}} never settles`],
  [
    /"cluster" does not specify zk or scheduler_uri/,
    () => /Error loading configuration: .*neither zk nor scheduler_uri/,
  ],
  [/Unable to parse .*clusters\.json/, () => /cfg\/clusters\.json:\d+:\d+ is not JSON/],
  [/^Error getting tier configurations/, () => 'does not tell its tiers:'],
  [/^Error loading configuration: Error getting tier/, () => /Error loading configuration: .*tiers/],
  [/^(Scheduler returned multiple updates: )/, ([, words]) => `${words}`],
  [/^There is no active update for this job/, () => 'No active update found for this job.'],
  [/^There is no update for key: .*id='([\w-]+)'/, ([, id]) => `There is no update ${id} of `],
  [/^ValueError: Could not retrieve task information: (.*)/, ([, text]) => `run command: ${text}`],
  [/^ClusterNotFound: u'Unknown cluster (\w+)/, ([, name]) => `Unknown cluster: ${name}; known are`],
  [/CommandRunnerTrait\[(\w+)\] is required/, ([, field]) => `cluster west has no ${field}`],
  [/cannot convert argument to integer/, () => 'Unknown state '],
  [/^(Unknown state '.*' specified)/, ([, words]) => `${words}`],
  [/^PARTITIONED,THROTTLED,/, () => 'valid are PENDING'],
  [/^Unknown key in format string/, () => 'Unknown key in format string'],
  [/^mesosFetcherUris,instanceId,/, () => 'valid are taskId'],
  [/^Invalid size: /, () => 'Invalid size: '],
  [/^could not convert string to float: (.*)/, ([, text]) => `"${text}" is no number`],
  [/^Non-cron jobs may only be created/, () => "'aurora job create'"],
  [/^(Error getting cron status for .*)elf from server/, ([, words]) => `${words} from server`],
  [/^--force is required for expensive queries \(states/, () => 'states outside ACTIVE states'],
  [/^Cron jobs may only be updated/, () => "'aurora cron schedule'"],
  [/^Cron jobs may only be scheduled/, () => "'aurora cron schedule'"],
  [/^\tError: job is locked by an active update/, () => 'An update holds this job'],
  [/^ {6}Run 'aurora update abort'/, () => "'aurora update abort'"],
  [/^The instances list cannot be omitted/, () => "'aurora job killall'"],
  [/InvalidIdentifier: Invalid name '(.*)'/, ([, name]) => `"${name}"`],
  [
    /^(?:Fatal error running command|ThriftInternalError): Error during thrift call (\w+) to (\w+)|^ThriftInternalError: .*call (\w+) to/,
    ([, method]) => new RegExp(`answered ${method ?? ''}`),
  ],
  // what the original's deprecation banner is about
  [/^\*{3,}$|^\* The command you ran|^\* http/, () => 'WARN'],
  [/^\* (?:Job configuration attribute 'production'|Use 'tier')/, () => /WARN.*production.*tier/],
];

/** Argument errors: only that there is one line that names the command, and what was wrong. */
const USAGE = /^aurora(?: [a-z_ -]+)?: .+$/m;

/** Says what the exit code says. */
const NOISE = /^Command terminated with error code/;

/** What a line of the original's stderr asks of ours; undefined when it is there. */
export function gistProblem(
  { level, text, times = 1 }: Gist,
  stderr: string,
  placed: (text: string) => string,
) {
  if (level === 'USAGE') return USAGE.test(stderr) ? undefined : `no usage error in ${stderr}`;
  if (text === '' || NOISE.test(text)) return undefined;
  const wanted = ours(placed(text));
  const lines = stderr
    .split('\n')
    .filter((line) => (typeof wanted === 'string' ? line.includes(wanted) : wanted.test(line)))
    .filter((line) => (level !== 'WARN' && level !== 'INFO' ? true : line.startsWith(` ${level}] `)));
  if (lines.length >= times) return undefined;
  return `stderr has ${lines.length} of ${times} lines like ${wanted}`;
}

function ours(text: string): string | RegExp {
  for (const [pattern, words] of OURS) {
    const found = pattern.exec(text);
    if (found) return words(found);
  }
  return text;
}
