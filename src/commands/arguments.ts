/** Positional arguments that several commands take. `ignoreStdin` keeps oclif from reading them from stdin. */
import * as Args from '@oclif/core/args';
import {
  type ClusterInstanceKey,
  type ClusterJobKey,
  parseInstanceKey,
  parseJobKey,
  parseOneInstance,
  parseRoleKey,
  parseWildcardKey,
  type RoleKey,
} from '../client/job-key.ts';
import type { UpdateFilter } from '../client/update-filter.ts';

const given = { required: true, ignoreStdin: true } as const;

/** The key of a job. */
export const jobKey = Args.custom<ClusterJobKey>({
  ...given,
  description: 'the job: CLUSTER/ROLE/ENV/NAME',
  parse: async (text) => parseJobKey(text),
});

/** The key of a job and, optionally, some of its instances. */
export const instanceKey = Args.custom<ClusterInstanceKey>({
  ...given,
  description: 'the job and its instances: CLUSTER/ROLE/ENV/NAME/INSTANCES, INSTANCES like 0,1-3,5',
  parse: async (text) => parseInstanceKey(text),
});

/** The key of exactly one instance of a job. */
export const oneInstance = Args.custom<ClusterInstanceKey>({
  ...given,
  description: 'the instance: CLUSTER/ROLE/ENV/NAME/INSTANCE',
  parse: async (text) => parseOneInstance(text),
});

/** The key of a role in a cluster. */
export const roleKey = Args.custom<RoleKey>({
  ...given,
  description: 'the role: CLUSTER/ROLE',
  parse: async (text) => parseRoleKey(text),
});

/** A key with wildcards, which may match any number of jobs. */
export const wildcardKey = Args.custom<ClusterJobKey>({
  ...given,
  description: 'the jobs: CLUSTER[/ROLE[/ENV[/NAME]]]; parts may hold wildcards, quoted from the shell',
  parse: async (text) => parseWildcardKey(text),
});

/** The name of a cluster. */
export const clusterName = Args.custom<string>({
  ...given,
  description: 'name of the cluster',
});

/** The path of a configuration file. */
export const configFile = Args.custom<string>({
  ...given,
  description: 'a .aurora.ts file',
});

/** The id of an update of a job; by default the active one is meant. */
export const updateId = Args.custom<string>({
  ignoreStdin: true,
  description: 'the update; the active one when it is left out',
});

/** Updates of a cluster, a role, an environment or a job. */
export const updateFilter = Args.custom<UpdateFilter>({
  ...given,
  description: 'which updates: CLUSTER[/ROLE[/ENV[/NAME]]]',
  parse: async (text) => {
    const { parseUpdateFilter } = await import('../client/update-filter.ts');
    return parseUpdateFilter(text);
  },
});

/** The promise that a command checks: this percentage of a job's tasks has been up for the duration below. */
export const slaPercentage = Args.string({
  ...given,
  description: "percentage of a job's tasks that must have been up",
});
export const slaDuration = Args.string({
  ...given,
  description: 'how long they must have been up, like 30m or 1d6h',
});
