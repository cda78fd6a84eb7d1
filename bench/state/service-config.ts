import { normalise, type TaskConfig, type Wire } from '../../src/api/index.ts';

/** The configuration of a production service, one of many jobs in 20 roles. */
export const serviceConfig = (job: number, more: Partial<Wire<'TaskConfig'>> = {}): TaskConfig =>
  normalise('TaskConfig', {
    job: { role: `role-${job % 20}`, environment: 'prod', name: `job-${job}` },
    isService: true,
    tier: 'preferred',
    production: true,
    resources: [{ numCpus: 1 }, { ramMb: 1024 }, { diskMb: 1024 }],
    ...more,
  });
