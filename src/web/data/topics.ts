import type { ScreenName } from '../../api/views/screens.ts';

type Path = Readonly<Record<string, string>>;

const job = ({ env, name, role }: Path): string => `job:${role}/${env}/${name}`;

/** The changes that each screen subscribes to; see the scheduler's changes-route.ts. */
const TOPICS: Readonly<Record<ScreenName, (path: Path) => string>> = {
  cluster: () => 'cluster',
  role: ({ role }) => `role:${role}`,
  environment: ({ role }) => `role:${role}`,
  job,
  instance: job,
  task: job,
  update: job,
  updates: () => 'updates',
  pending: () => 'hosts',
  agents: () => 'hosts',
  agent: () => 'hosts',
  maintenance: () => 'maintenance',
  cron: () => 'cron',
  quota: () => 'cluster',
  search: () => 'cluster',
  scheduler: () => 'maintenance',
};

export const topicsOf = (screen: ScreenName, path: Path): string => TOPICS[screen](path);
