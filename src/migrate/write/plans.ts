/** Where the names of a file are declared. */
import type { Block, Name } from '../types/scopes.ts';

interface Plan {
  /** The block in which the name is declared. */
  readonly home: Block;
  /**
   * `there`: where it gets its first value; `before`: in a separate declaration; `loops`: by each loop that binds it;
   * `include`: at the include of a file that has the same name.
   */
  readonly declared: 'there' | 'before' | 'loops' | 'include';
  readonly constant: boolean;
}

const plans = new WeakMap<Name, Plan>();

/** Where a name is declared, and whether it is a constant. */
export function planOf(own: Name): Plan {
  const before = plans.get(own);
  if (before) return before;
  const { mentions } = own;
  const loops = ownLoops(own);
  if (loops) {
    const constant = mentions.every(({ writes, target }) => !writes || target);
    const plan: Plan = { home: loops[0] as Block, declared: 'loops', constant };
    plans.set(own, plan);
    return plan;
  }
  let home: Block | undefined;
  for (const { block } of mentions) home = home === undefined ? block : common(home, block);
  home ??= own.scope.block;
  if (mentions.some(({ inner }) => inner) && loopAbove(home, own.scope.block)) home = own.scope.block;
  const [first] = own.mentions.filter(({ inner }) => !inner);
  const writes = own.mentions.filter((one) => one.writes);
  const there =
    first?.writes === true && first.block === home && !writes.some(({ inner }) => inner && first.inner);
  const constant = writes.length === 1 && there;
  const plan: Plan = { home, declared: there ? 'there' : 'before', constant };
  plans.set(own, plan);
  return plan;
}

/** Plans the declaration of a name that other files read: at the top, wherever it gets its value. */
export function planExported(own: Name): void {
  if (planOf(own).home !== own.scope.block) planRebound(own, 'before');
}

/** Sets where a name is declared that an included file has, too. */
export function planRebound(own: Name, declared: Plan['declared']): void {
  plans.set(own, { home: own.scope.block, declared, constant: false });
}

/** The loops that bind a name if it is used nowhere else; each loop then declares the name itself. */
function ownLoops({ mentions }: Name): readonly Block[] | undefined {
  const loops = mentions.filter(({ target }) => target).map(({ block }) => block);
  if (loops.length === 0 || mentions.some(({ inner }) => inner)) return undefined;
  const isIn = (block: Block): boolean =>
    loops.includes(block) || (block.parent !== undefined && isIn(block.parent));
  const nested = loops.some((block) => block.parent !== undefined && isIn(block.parent));
  return !nested && new Set(loops).size === loops.length && mentions.every(({ block }) => isIn(block))
    ? loops
    : undefined;
}

function loopAbove(block: Block, top: Block): boolean {
  for (let at: Block | undefined = block; at && at !== top; at = at.parent) if (at.loop) return true;
  return false;
}

function common(a: Block, b: Block): Block {
  const above = new Set<Block>();
  for (let at: Block | undefined = a; at; at = at.parent) above.add(at);
  for (let at: Block | undefined = b; at; at = at.parent) if (above.has(at)) return at;
  return a;
}

/** Whether the loop at this offset declares the name that it binds. */
export function isBoundHere(own: Name, at: number): boolean {
  const { declared } = planOf(own);
  return (
    declared === 'loops' || (declared === 'there' && own.mentions.find(({ inner }) => !inner)?.at === at)
  );
}

/** Whether a function or class is defined in another block than the one that declares its name. */
export const isOutside = (own: Name): boolean =>
  (own.kind === 'function' || own.kind === 'class') &&
  own.mentions.some(({ writes, block }) => writes && block !== planOf(own).home);
