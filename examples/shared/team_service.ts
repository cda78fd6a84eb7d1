// What all services of a team have in common; see templates.aurora.ts.
import { type JobFields, limit, MB, Process, Resources, SequentialTask, Service, UpdateConfig } from 'aurora';

const small = Resources({ cpu: 0.1, ram: 32 * MB, disk: 32 * MB });

/** A service of the team: it runs `command`; anything else can be changed. */
export const teamService = (name: string, command: string, changes: Partial<JobFields> = {}) =>
  Service({
    cluster: 'local',
    role: 'hello',
    environment: 'devel',
    name,
    contact: 'team@example.test',
    constraints: { host: limit(10) },
    updateConfig: UpdateConfig({ batchSize: 2, watchSecs: 20 }),
    task: SequentialTask({
      processes: [
        Process({ name: 'announce', cmdline: 'echo "{{role}}/{{environment}}/{{name}} starts"' }),
        Process({ name, cmdline: command }),
      ],
      resources: small,
    }),
    ...changes,
  });
