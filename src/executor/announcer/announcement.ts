import { object, text } from '../../api/thermos/fields.ts';
import type { Ports } from '../../api/thermos/ports.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Member } from '../../zookeeper/index.ts';
import type { AnnouncerFlags } from '../flags.ts';

/** What an instance announces, and where. */
export interface TaskAnnouncement {
  readonly path: string;
  readonly member: Member;
}

const WHERE = 'announce';
const PRIMARY = 'http';

/** The section's port map, names to ports. Without one, `aurora` is an alias of the primary port. */
export function announcedPorts(section: unknown): Readonly<Record<string, unknown>> {
  if (section === undefined || section === null) return {};
  const fields = object(section, WHERE);
  const primary = text(fields.primary_port ?? PRIMARY, `${WHERE}.primary_port`);
  return object(fields.portmap ?? { aurora: primary }, `${WHERE}.portmap`);
}

interface Subject {
  readonly role: string;
  readonly environment: string;
  readonly job: string;
  readonly instance: number;
  /** Host name of the agent. */
  readonly hostname: string;
  readonly ports: Ports;
}

/**
 * What one instance announces according to its job's `announce` section; undefined when the job has none.
 * @throws AuroraError EXECUTOR for an invalid path, or a path of the job's own where the operator does not allow one
 */
export function announcementOf(
  section: unknown,
  { role, environment, job, instance, hostname, ports }: Subject,
  flags: AnnouncerFlags,
): TaskAnnouncement | undefined {
  if (section === undefined || section === null) return undefined;
  const fields = object(section, WHERE);
  const custom = fields.zk_path ?? undefined;
  if (custom !== undefined && !flags.allowCustomPath)
    throw new AuroraError(
      'EXECUTOR',
      'the job announces itself at a path of its own, which is not allowed here',
      {
        where: `${WHERE}.zk_path`,
        next: 'remove zk_path, or start executors with --announcer-allow-custom-serverset-path',
      },
    );
  const root = flags.path.replace(/\/+$/, '');
  const path =
    custom === undefined ? `${root}/${role}/${environment}/${job}` : text(custom, `${WHERE}.zk_path`);
  if (!/^\/[^/]/.test(path) || /\/\/|\/$/.test(path))
    throw new AuroraError('EXECUTOR', `"${path}" is no path of ZooKeeper`, { where: `${WHERE}.zk_path` });
  const host = flags.hostname ?? hostname;
  const primary = text(fields.primary_port ?? PRIMARY, `${WHERE}.primary_port`);
  return {
    path,
    member: {
      serviceEndpoint: { host, port: ports.get(primary) ?? 0 },
      additionalEndpoints: Object.fromEntries([...ports].map(([name, port]) => [name, { host, port }])),
      status: 'ALIVE',
      shard: instance,
    },
  };
}
