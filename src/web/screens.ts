import type { ComponentType } from 'preact';
import type { ScreenName } from '../api/views/screens.ts';
import { AgentScreen } from './screens/agent.tsx';
import { AgentsScreen } from './screens/agents.tsx';
import { ClusterScreen } from './screens/cluster.tsx';
import { CronScreen } from './screens/cron.tsx';
import { InstanceScreen } from './screens/instance.tsx';
import { JobScreen } from './screens/job.tsx';
import { MaintenanceScreen } from './screens/maintenance.tsx';
import { PendingScreen } from './screens/pending.tsx';
import { QuotaScreen } from './screens/quota.tsx';
import { RoleScreen } from './screens/role.tsx';
import { SchedulerScreen } from './screens/scheduler.tsx';
import type { ScreenProps } from './screens/screen-props.ts';
import { SearchScreen } from './screens/search.tsx';
import { TaskScreen } from './screens/task.tsx';
import { UpdateScreen } from './screens/update.tsx';
import { UpdatesScreen } from './screens/updates.tsx';

interface ScreenParts {
  // biome-ignore lint/suspicious/noExplicitAny: the view is what api/views says of the screen's view
  readonly component: ComponentType<ScreenProps<any>>;
  readonly title: (path: Readonly<Record<string, string>>) => string;
}

const job = ({ env, name, role }: Readonly<Record<string, string>>): string => `${role}/${env}/${name}`;

/** The component of each screen and the title of its browser tab. */
export const SCREEN_PARTS: Readonly<Record<ScreenName, ScreenParts>> = {
  cluster: { component: ClusterScreen, title: () => 'Cluster' },
  role: { component: RoleScreen, title: ({ role }) => role ?? '' },
  environment: { component: RoleScreen, title: ({ env, role }) => `${role}/${env}` },
  job: { component: JobScreen, title: job },
  instance: { component: InstanceScreen, title: (path) => `${job(path)}/${path.instance}` },
  task: { component: TaskScreen, title: (path) => `task of ${job(path)}` },
  update: { component: UpdateScreen, title: (path) => `update of ${job(path)}` },
  updates: { component: UpdatesScreen, title: () => 'Updates' },
  pending: { component: PendingScreen, title: () => 'Pending' },
  agents: { component: AgentsScreen, title: () => 'Agents' },
  agent: { component: AgentScreen, title: ({ host }) => host ?? '' },
  maintenance: { component: MaintenanceScreen, title: () => 'Maintenance' },
  cron: { component: CronScreen, title: () => 'Cron' },
  quota: { component: QuotaScreen, title: () => 'Quota' },
  search: { component: SearchScreen, title: () => 'Search' },
  scheduler: { component: SchedulerScreen, title: () => 'Scheduler' },
};
