import { portsIn } from '../resolve/runtime-references.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/** Things that are allowed but probably not intended; sentences for the user who submits the job. */
export function warningsAbout(job: Job): readonly string[] {
  const used = new Set(job.task.processes.flatMap(({ cmdline }) => portsIn(cmdline)));
  return [deprecatedProduction(job), unusedPrimaryPort(job, used), silentHealthCheck(job, used)].filter(
    (warning) => warning !== undefined,
  );
}

const deprecatedProduction = ({ production, tier }: Job): string | undefined =>
  production && tier === undefined ? 'production is deprecated; give tier: "preferred" instead' : undefined;

const unusedPrimaryPort = ({ announce }: Job, used: ReadonlySet<string>): string | undefined =>
  announce && !Object.hasOwn(announce.portmap, announce.primaryPort) && !used.has(announce.primaryPort)
    ? `announce.primaryPort is ${announce.primaryPort}, but no process uses that port`
    : undefined;

/** The port that HTTP health checks use; without it they are off. Source: the original executor. */
const HEALTH_PORT = 'health';

/** Only warns about a check that was written explicitly: the default check is meant to be off without the port. */
function silentHealthCheck(
  { healthCheckConfig, announce }: Job,
  used: ReadonlySet<string>,
): string | undefined {
  const { http, shell } = healthCheckConfig.healthChecker;
  const given = !Object.isFrozen(healthCheckConfig.healthChecker);
  const there = used.has(HEALTH_PORT) || Object.hasOwn(announce?.portmap ?? {}, HEALTH_PORT);
  return given && http && !shell && !there
    ? `healthCheckConfig asks the port named ${HEALTH_PORT}, but no process uses it and announce.portmap does not name it: the check is off`
    : undefined;
}
