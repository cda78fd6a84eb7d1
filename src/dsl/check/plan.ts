import { circleIn, orderProblem } from '../../api/rules/order.ts';
import type { Problem } from '../resolve/problem.ts';
import type { ResolvedStruct } from '../schema/table.ts';

/** Why the order of a task's processes is impossible. */
export function planProblems({ processes, constraints }: ResolvedStruct<'Task'>): readonly Problem[] {
  const byName = new Map(processes.map((process) => [process.name, process]));
  const lists = constraints.flatMap(({ order }, index) => {
    const text = orderProblem(order, byName);
    return text === undefined ? [] : [problem(index, text)];
  });
  if (lists.length > 0) return lists;
  const circle = circleIn(constraints.map(({ order }) => order));
  if (!circle) return [];
  const last = constraints.findLastIndex(({ order }) => circle.every((name) => order.includes(name)));
  const at = last >= 0 ? last : constraints.findLastIndex(({ order }) => order.includes(circle[0] ?? ''));
  return [problem(at, `${circle.join(' waits for ')}: no process of this circle can ever start`)];
}

const problem = (index: number, text: string): Problem => ({
  kind: 'bad-plan',
  path: ['task', 'constraints', index, 'order'],
  text,
});
