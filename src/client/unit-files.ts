import { join, resolve } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { packageRoot } from '../dsl/load/library.ts';
import { renderTemplates, writeNewFiles } from '../dsl/package-templates.ts';
import type { Session } from './session.ts';

/** The parts of a cluster that run as system services. */
export const SERVICES = ['scheduler', 'observer'] as const;
export type Service = (typeof SERVICES)[number];

export interface UnitFiles {
  readonly service: Service;
  /** The folder for the files; created when it does not exist. */
  readonly out: string;
  /** Default: `aurora` for the scheduler, and `root` for the observer, because it reads the sandboxes of all users. */
  readonly user?: string | undefined;
  /** Default: 8081 for the scheduler, 1338 for the observer. */
  readonly port?: number | undefined;
}

interface Facts {
  readonly user: string;
  readonly port: number;
  readonly description: string;
  readonly words: string;
  readonly doc: string;
  /** A directory below /var/lib; empty for none. */
  readonly stateDirectory: string;
  readonly example: (port: number) => string;
}

const ZK = 'zk1:2181,zk2:2181,zk3:2181';

const FACTS: { readonly [S in Service]: Facts } = {
  scheduler: {
    user: 'aurora',
    port: 8081,
    description: 'runs jobs on a Mesos cluster',
    words: 'scheduler start',
    doc: 'operations.md',
    stateDirectory: 'aurora',
    example: (port) =>
      `--cluster-name=west --http-port=${port} --mesos-master=zk://${ZK}/mesos --zk-endpoints=${ZK} --serverset-path=/aurora/scheduler --log=zk://${ZK}/aurora/log --data-dir=/var/lib/aurora`,
  },
  observer: {
    user: 'root',
    port: 1338,
    description: "shows the tasks of this machine's Mesos agent",
    words: 'observer',
    doc: 'executor.md',
    stateDirectory: '',
    example: (port) => `--mesos-root=/var/lib/mesos --port=${port}`,
  },
};

/** The names of the files, by the names of their templates. */
const NAMES: Readonly<Record<string, (service: Service) => string>> = {
  service: (service) => `aurora-${service}.service`,
  'health.service': (service) => `aurora-${service}-health.service`,
  'health.timer': (service) => `aurora-${service}-health.timer`,
  monit: (service) => `aurora-${service}.monit`,
  default: (service) => `aurora-${service}.default`,
};

/** Characters that a unit file would interpret; a path that contains one would be read as something else. */
const SPECIAL = /[\s"'\\%$;]/;

/**
 * Writes systemd units, a monit file and a file for the flags, and prints where each belongs. Overwrites nothing.
 * @throws AuroraError COMMAND_FAILED when files are in the way, or when units cannot express the path of the
 * installation
 */
export async function writeUnitFiles(session: Session, given: UnitFiles): Promise<void> {
  const { service } = given;
  const { words, doc, description, stateDirectory, example, ...facts } = FACTS[service];
  const root = packageRoot();
  const port = given.port ?? facts.port;
  const program = join(root, 'bin/aurora.js');
  for (const path of [process.execPath, program])
    if (SPECIAL.test(path))
      throw new AuroraError('COMMAND_FAILED', `the path ${path} cannot stand in a unit file`, {
        next: 'install aurora and Node below a path without blanks, quotes and % $ ; \\',
      });
  const out = resolve(given.out);
  const files = await renderTemplates(
    'units',
    {
      part: service,
      root,
      program,
      words,
      doc,
      description,
      stateDirectory,
      node: process.execPath,
      user: given.user ?? facts.user,
      port: String(port),
      flags: `AURORA_${service.toUpperCase()}_FLAGS`,
      example: example(port),
    },
    (template) => join(out, (NAMES[template] as (typeof NAMES)[string])(service)),
  );
  const written = writeNewFiles(out, files);
  session.give?.({ files: written });
  session.print(`${written.map((path) => `wrote ${path}\n`).join('')}${next(service, out)}`);
}

const next = (service: Service, out: string): string =>
  [
    `next: edit ${out}/aurora-${service}.default, then as root`,
    ...(service === 'scheduler'
      ? ['  useradd --system --home-dir /var/lib/aurora --shell /usr/sbin/nologin aurora']
      : []),
    `  install -m 644 ${out}/aurora-${service}.default /etc/default/aurora-${service}`,
    `  install -m 644 -t /etc/systemd/system ${out}/aurora-${service}*.service ${out}/aurora-${service}-health.timer`,
    `  systemctl daemon-reload && systemctl enable --now aurora-${service}.service aurora-${service}-health.timer`,
    '',
  ].join('\n');
