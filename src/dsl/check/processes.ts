import { repeated } from '../../api/rules/order.ts';
import { RULES } from '../../api/rules/values.ts';
import { atRunTime } from '../../api/thermos/runnable.ts';
import type { PathStep, Problem, ProblemKind } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

type Job = ResolvedStruct<'Job'>;

/**
 * Names and command lines that cannot be started, checked at the length that they have at run time, and two processes
 * with the same name, of which only one would run. Also works on a job with missing parts.
 */
export function processProblems(job: Job): readonly Problem[] {
  const key = { role: job.role ?? '', environment: job.environment ?? '', name: job.name ?? '' };
  const asRun = (text: string) => atRunTime(text, { job: key, instances: job.instances ?? 1 });
  const judged = (
    kind: ProblemKind,
    path: readonly PathStep[],
    text: string | undefined,
    rule: (text: string) => string | undefined,
  ): readonly Problem[] => {
    const problem = text === undefined ? undefined : rule(asRun(text));
    return problem ? [{ kind, path, text: problem }] : [];
  };
  const processes = (job.task?.processes ?? []).map((process) => process ?? {});
  const names = processes.map(({ name }) => (name === undefined ? undefined : asRun(name)));
  const twice = new Set(repeated(names.filter((name) => name !== undefined)));
  const shell = job.healthCheckConfig?.healthChecker?.shell?.shellCommand;
  return [
    ...processes.flatMap(({ name, cmdline }, index) => {
      const path = ['task', 'processes', index];
      const again = names.indexOf(names[index]) < index && twice.has(names[index] ?? '');
      return [
        ...judged('bad-identifier', [...path, 'name'], name, RULES.processName),
        ...judged('bad-value', [...path, 'cmdline'], cmdline, RULES.command),
        ...(again ? [{ kind: 'bad-plan', path: [...path, 'name'], text: sameName(name) } as const] : []),
      ];
    }),
    ...judged(
      'bad-value',
      ['healthCheckConfig', 'healthChecker', 'shell', 'shellCommand'],
      shell,
      RULES.command,
    ),
  ];
}

const sameName = (name: string): string =>
  `is ${JSON.stringify(name)}, the name of an earlier process of this task: only one of them would run`;
