import { RULES } from '../../api/rules/values.ts';
import { type Problem, pathText } from '../resolve/problem.ts';
import { portsIn } from '../resolve/runtime-references.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/** Whether the target is a fixed port number; anything else is the name of another port. */
const isNumber = (target: string): boolean => /^\d+$/.test(target.trim());

/** A cycle of aliases, as the list of names in it. */
interface Circle {
  readonly circle: readonly string[];
}

/** Resolves a chain of aliases: the name of the port to request, or a fixed number. */
function target(portmap: Readonly<Record<string, string>>, name: string): string | Circle {
  const trail = [name];
  for (;;) {
    const at = trail.at(-1) as string;
    const next = Object.hasOwn(portmap, at) && !isNumber(at) ? portmap[at] : undefined;
    if (next === undefined) return at;
    if (trail.includes(next)) return { circle: [...trail, next] };
    trail.push(next);
  }
}

/** The texts of a process that may refer to ports. */
const textsOf = ({ name, cmdline, logger }: ResolvedStruct<'Process'>): readonly string[] =>
  [name, cmdline, logger?.destination, logger?.mode].filter((text) => text !== undefined);

/**
 * Names of the ports that the scheduler must assign, sorted: those that processes use and those at the end of the
 * announcer's aliases, without fixed numbers. Health checks and lifecycle endpoints do not request ports. Call it only
 * for jobs without port problems.
 */
export function portsOf({ announce, task }: Job): readonly string[] {
  const portmap = announce?.portmap ?? {};
  const names = [...Object.keys(portmap), ...task.processes.flatMap(textsOf).flatMap(portsIn)];
  const targets = names.map((name) => target(portmap, name)).filter((end) => typeof end === 'string');
  return [...new Set(targets.filter((name) => !isNumber(name)))].sort();
}

/** Aliases that form a cycle, and fixed port numbers on machines that several jobs may share. */
export function portProblems({ announce, constraints }: Job): readonly Problem[] {
  const portmap = announce?.portmap ?? {};
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(portmap)) {
    const path = ['announce', 'portmap', name];
    const end = target(portmap, name);
    if (typeof end !== 'string') {
      const text = `never reaches a port: ${end.circle.join(' is ')}`;
      problems.push({ kind: 'cyclic-ports', path, text });
    } else if (isNumber(value) && RULES.fixedPort(Number(value))) {
      problems.push({ kind: 'bad-value', path, text: RULES.fixedPort(Number(value)) as string });
    } else if (isNumber(value) && constraints?.dedicated === undefined) {
      const text = `is the fixed port ${value}, which only dedicated machines may have`;
      const next = `give ${pathText(['constraints'])}: { dedicated: ... }, or let the scheduler choose the port`;
      problems.push({ kind: 'static-port-needs-dedicated', path, text, next });
    }
  }
  return problems;
}
