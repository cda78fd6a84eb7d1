// Tier and production in every combination, and the partition policies.
import { hours, PartitionPolicy, Service, SimpleTask } from 'aurora';

const base = Service({
  cluster: 'south',
  role: 'infra',
  environment: 'devel',
  task: SimpleTask('tick', 'while true; do date; sleep 1; done'),
});

export default [
  base.with({ name: 'neither' }),
  base.with({ name: 'production-only', production: true }),
  base.with({ name: 'preferred', tier: 'preferred' }),
  base.with({ name: 'preemptible', tier: 'preemptible' }),
  base.with({ name: 'revocable', tier: 'revocable', production: true }),
  base.with({ name: 'custom-tier', tier: 'gold', production: true }),
  base.with({ name: 'partition-default', partitionPolicy: PartitionPolicy() }),
  base.with({ name: 'partition-delay', partitionPolicy: PartitionPolicy({ delaySecs: hours(1) }) }),
  base.with({
    name: 'partition-never',
    partitionPolicy: PartitionPolicy({ reschedule: false }),
    tier: 'preferred',
  }),
];
