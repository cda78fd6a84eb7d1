import * as Args from '@oclif/core/args';
import { clusterName } from './arguments.ts';

const word = (description: string) => Args.string({ required: true, ignoreStdin: true, description });

/** The arguments of the admin commands about quota. */
export const quotaArgs = {
  cluster: clusterName(),
  role: word('the role'),
  cpu: word('cores, like 4 or 0.5'),
  ram: word('memory with its unit, like 128GB'),
  disk: word('disk with its unit, like 1TB'),
};
