import { portsIn } from '../resolve/runtime-references.ts';
import type { Resolved } from '../schema/table.ts';

/** What is allowed, but probably not meant; sentences for the person who submits the job. */
export function warningsAbout(job: Resolved<'Job'>): readonly string[] {
  const warnings: string[] = [];
  if (job.production && job.tier === undefined)
    warnings.push('production is deprecated; give tier: "preferred" instead');
  const announced = job.announce;
  if (announced && !(announced.primaryPort in announced.portmap)) {
    const used = job.task.processes.flatMap(({ cmdline }) => portsIn(cmdline));
    if (!used.includes(announced.primaryPort)) {
      warnings.push(`announce.primaryPort is ${announced.primaryPort}, but no process uses that port`);
    }
  }
  return warnings;
}
