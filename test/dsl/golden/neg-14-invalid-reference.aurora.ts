// Text between double braces that is no address: a mistake of its own kind.
import { Job, SimpleTask } from 'aurora';

const job = (name: string, cmdline: string) =>
  Job({ cluster: 'north', role: 'r', environment: 'devel', name, task: SimpleTask('p', cmdline) });

export default [
  job('blanks', 'echo {{ version }}'),
  job('pipe', 'echo {{version|upper}}'),
  job('block', 'echo {{#if x}}y{{/if}}'),
  job('digit', 'echo {{1st}}'),
  job('dash', 'echo {{my-name}}'),
  job('index-blank', 'echo {{a[b c]}}'),
  job('trailing-dot', 'echo {{a.}}'),
];
