/** Positional arguments that several commands take. oclif must not look for them on stdin. */
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

/** One job. */
export const jobKey = Args.custom<ClusterJobKey>({
  ...given,
  description: 'the job: CLUSTER/ROLE/ENV/NAME',
  parse: async (text) => parseJobKey(text),
});

/** A job and some of its instances. */
export const instanceKey = Args.custom<ClusterInstanceKey>({
  ...given,
  description: 'the job and its instances: CLUSTER/ROLE/ENV/NAME/INSTANCES, INSTANCES like 0,1-3,5',
  parse: async (text) => parseInstanceKey(text),
});

/** One instance of a job. */
export const oneInstance = Args.custom<ClusterInstanceKey>({
  ...given,
  description: 'the instance: CLUSTER/ROLE/ENV/NAME/INSTANCE',
  parse: async (text) => parseOneInstance(text),
});

/** A role of a cluster. */
export const roleKey = Args.custom<RoleKey>({
  ...given,
  description: 'the role: CLUSTER/ROLE',
  parse: async (text) => parseRoleKey(text),
});

/** Any number of jobs. */
export const wildcardKey = Args.custom<ClusterJobKey>({
  ...given,
  description: 'the jobs: CLUSTER[/ROLE[/ENV[/NAME]]]; parts may hold wildcards, quoted from the shell',
  parse: async (text) => parseWildcardKey(text),
});

/** One cluster. */
export const clusterName = Args.custom<string>({
  ...given,
  description: 'name of the cluster',
});

/** A configuration file. */
export const configFile = Args.custom<string>({
  ...given,
  description: 'a .aurora.ts file',
});

/** An update of a job; without it the active one is meant. */
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

/** The promise that a command is about: so many percent of a job's tasks have been up for so long. */
export const slaPercentage = Args.string({
  ...given,
  description: "share of a job's tasks that have to have been up, in percent",
});
export const slaDuration = Args.string({
  ...given,
  description: 'how long they have to have been up, like 30m or 1d6h',
});
