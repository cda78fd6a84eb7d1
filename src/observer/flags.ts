/** The observer's flags, spelled as in the original. */
import { closestName } from '../base/closest-name.ts';
import { AuroraError } from '../base/errors.ts';

interface FlagSpec {
  readonly takes: 'nothing' | 'text' | 'seconds' | 'port';
  readonly default?: string;
  readonly help: string;
}

const FLAGS = {
  'mesos-root': { takes: 'text', default: '/var/lib/mesos', help: "the agent's work_dir" },
  ip: { takes: 'text', default: '0.0.0.0', help: 'address to listen on' },
  port: { takes: 'port', default: '1338', help: 'port to listen on; 0 picks one' },
  http_tls_certificate: {
    takes: 'text',
    help: 'PEM file with the certificate of this observer and its intermediate certificates; the port then speaks https; read again when it changes',
  },
  http_tls_key: { takes: 'text', help: 'PEM file with the key of that certificate' },
  http_tls_client_ca: {
    takes: 'text',
    help: 'PEM file with the authorities that sign client certificates; who shows none of theirs gets no answer',
  },
  refuse_readable_secrets: {
    takes: 'nothing',
    help: 'refuse a key that other users of the machine may read; otherwise it is warned of',
  },
  polling_interval_secs: { takes: 'seconds', default: '5', help: 'time between two scans for tasks' },
  disable_task_resource_collection: { takes: 'nothing', help: 'do not measure cpu, ram and disk' },
  task_process_collection_interval_secs: {
    takes: 'seconds',
    default: '20',
    help: 'time between two samples of cpu and ram',
  },
  task_disk_collection_interval_secs: {
    takes: 'seconds',
    default: '60',
    help: 'time between two samples of disk usage',
  },
  enable_mesos_disk_collector: {
    takes: 'nothing',
    help: 'ask the agent for disk usage instead of measuring',
  },
  agent_api_url: {
    takes: 'text',
    default: 'http://localhost:5051/containers',
    help: 'address at which to ask the agent',
  },
  executor_id_json_path: {
    takes: 'text',
    default: 'executor_id',
    help: "path of a container's executor id in the answer",
  },
  disk_usage_json_path: {
    takes: 'text',
    default: 'statistics.disk_used_bytes',
    help: "path of a container's disk usage in the answer",
  },
} as const satisfies Readonly<Record<string, FlagSpec>>;

type FlagName = keyof typeof FLAGS;

export interface ObserverFlags {
  readonly mesosRoot: string;
  readonly ip: string;
  readonly port: number;
  /** TLS of the port. */
  readonly tls: {
    readonly httpTlsCertificate: string | undefined;
    readonly httpTlsKey: string | undefined;
    readonly httpTlsClientCa: string | undefined;
    readonly httpTlsClientCertificates: 'required' | undefined;
    readonly refuseReadableSecrets: boolean;
  };
  readonly pollingMs: number;
  /** Undefined when nothing is to be measured. */
  readonly sampling: { readonly processMs: number; readonly diskMs: number } | undefined;
  /** Present when the agent is asked for disk usage. */
  readonly agent:
    | { readonly url: string; readonly executorPath: string; readonly diskPath: string }
    | undefined;
}

/** Every flag with its purpose, as help shows it. */
export const OBSERVER_FLAG_HELP: readonly (readonly [flag: string, text: string])[] =
  Object.entries<FlagSpec>(FLAGS).map(([name, { takes, help, default: value }]) => [
    `--${name}${takes === 'nothing' ? '' : '=...'}`,
    value === undefined ? help : `${help} [${value}]`,
  ]);

const WITHOUT_EFFECT = /^(log_(to_stderr|to_stdout|to_disk|dir|simple)|scribe_\w+|app_\w+)$/;
const usage = (text: string, next?: string): AuroraError => new AuroraError('USAGE', text, { next });

function checked(name: FlagName, value: string): string {
  const { takes }: FlagSpec = FLAGS[name];
  if (takes === 'seconds' && !(Number(value) > 0))
    throw usage(`--${name} needs seconds above 0, got "${value}"`);
  if (takes === 'port' && !(/^\d+$/.test(value) && Number(value) <= 65_535))
    throw usage(`--${name} needs a port, got "${value}"`);
  return value;
}

/** @throws AuroraError USAGE for an unknown flag, naming the nearest one, or for a value that a flag cannot have */
export function parseObserverFlags(words: readonly string[]): ObserverFlags {
  const values = new Map<FlagName, string>();
  for (let at = 0; at < words.length; at++) {
    const [, name = '', given] = /^--([^=]+)(?:=(.*))?$/s.exec(words[at] as string) ?? [];
    if (name === '') throw usage(`the observer takes flags only, got "${words[at]}"`);
    if (WITHOUT_EFFECT.test(name)) {
      if (given === undefined && words[at + 1]?.startsWith('--') === false) at++;
      continue;
    }
    if (!Object.hasOwn(FLAGS, name)) {
      const nearest = closestName(name, Object.keys(FLAGS));
      throw usage(
        `the observer has no flag --${name}`,
        nearest ? `did you mean --${nearest}?` : `known flags are ${Object.keys(FLAGS).join(', ')}`,
      );
    }
    const flag = name as FlagName;
    if (FLAGS[flag].takes === 'nothing') {
      if (given !== undefined) throw usage(`--${name} takes no value, got "${given}"`);
      values.set(flag, '');
      continue;
    }
    const value = given ?? words[++at];
    if (value === undefined) throw usage(`--${name} needs a value`);
    values.set(flag, checked(flag, value));
  }
  const text = (name: FlagName): string => values.get(name) ?? (FLAGS[name] as FlagSpec).default ?? '';
  const ms = (name: FlagName): number => Number(text(name)) * 1000;
  return {
    mesosRoot: text('mesos-root').replace(/(?<=.)\/+$/, ''),
    ip: text('ip'),
    port: Number(text('port')),
    tls: {
      httpTlsCertificate: values.get('http_tls_certificate'),
      httpTlsKey: values.get('http_tls_key'),
      httpTlsClientCa: values.get('http_tls_client_ca'),
      httpTlsClientCertificates: values.has('http_tls_client_ca') ? 'required' : undefined,
      refuseReadableSecrets: values.has('refuse_readable_secrets'),
    },
    pollingMs: ms('polling_interval_secs'),
    sampling: values.has('disable_task_resource_collection')
      ? undefined
      : {
          processMs: ms('task_process_collection_interval_secs'),
          diskMs: ms('task_disk_collection_interval_secs'),
        },
    agent: values.has('enable_mesos_disk_collector')
      ? {
          url: text('agent_api_url'),
          executorPath: text('executor_id_json_path'),
          diskPath: text('disk_usage_json_path'),
        }
      : undefined,
  };
}
