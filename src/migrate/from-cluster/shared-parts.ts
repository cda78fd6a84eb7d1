import { code, type Expression, print } from './expression.ts';

/** Parts that several files share, by the names given to them. */
export interface SharedParts {
  readonly parts: ReadonlyMap<string, Expression>;
  /** The expression with its shared parts replaced by their names. */
  named(expression: Expression): Expression;
}

/** Parts with less text than this are not shared. */
const LEAST_LENGTH = 60;
/** Kinds of parts that people would give a name: processes, tasks, containers. */
const SHAREABLE = new Set(['Process', 'Task', 'SequentialTask', 'Docker', 'Mesos']);

const partsOf = (at: Expression): readonly Expression[] => {
  if (at.kind === 'call') return at.args;
  if (at.kind === 'list') return at.items;
  return at.kind === 'object' ? at.entries.map(([, value]) => value) : [];
};

const isShareable = (at: Expression): boolean => at.kind === 'call' && SHAREABLE.has(at.name);

const fieldOf = (at: Expression | undefined, name: string): Expression | undefined => {
  const fields = at?.kind === 'call' ? at.args[0] : at;
  return fields?.kind === 'object' ? fields.entries.find(([key]) => key === name)?.[1] : undefined;
};

/** The words for a part's name: its own name, or for a task without one, the name of its first process. */
function wordsFor(at: Expression): string {
  const named = (part: Expression | undefined) => {
    const name = fieldOf(part, 'name');
    return name?.kind === 'code' ? name.text : undefined;
  };
  const processes = fieldOf(at, 'processes');
  const [first] = processes?.kind === 'list' ? processes.items : [];
  if (first) return `${named(at) ?? named(first) ?? ''} task`;
  return named(at) ?? (at.kind === 'call' ? at.name : 'part');
}

/** A free name for a part: `logRotate` for the process `log-rotate`, `webTask` for a task that runs `web`. */
function nameFor(at: Expression, taken: ReadonlySet<string>): string {
  const [head = 'part', ...others] = wordsFor(at).match(/[A-Za-z0-9]+/g) ?? [];
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const camel = [head.charAt(0).toLowerCase() + head.slice(1), ...others.map(capital)].join('');
  const base = /^[a-z]/.test(camel) ? camel : `part${camel}`;
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}${count}`;
    if (!taken.has(name)) return name;
  }
}

/** Finds parts that two or more files contain, outer before inner ones; `taken` are names used for other things. */
export function sharedParts(
  files: readonly (readonly Expression[])[],
  taken: ReadonlySet<string>,
): SharedParts {
  const filesOf = new Map<string, { readonly at: Expression; readonly files: Set<number> }>();
  const visit = (at: Expression, file: number): void => {
    if (isShareable(at)) {
      const text = print(at);
      const known = filesOf.get(text) ?? { at, files: new Set() };
      known.files.add(file);
      filesOf.set(text, known);
    }
    for (const part of partsOf(at)) visit(part, file);
  };
  files.forEach((jobs, file) => {
    for (const job of jobs) visit(job, file);
  });
  const names = new Map<string, string>();
  const used = new Set(taken);
  const parts = new Map<string, Expression>();
  for (const [text, { at, files: where }] of filesOf) {
    if (where.size < 2 || text.length < LEAST_LENGTH) continue;
    const name = nameFor(at, used);
    used.add(name);
    names.set(text, name);
    parts.set(name, at);
  }
  const named = (at: Expression): Expression => {
    const name = isShareable(at) ? names.get(print(at)) : undefined;
    if (name !== undefined) return code(name, name);
    if (at.kind === 'call') return { ...at, args: at.args.map(named) };
    if (at.kind === 'list') return { ...at, items: at.items.map(named) };
    return at.kind === 'object'
      ? { ...at, entries: at.entries.map(([key, value]) => [key, named(value)]) }
      : at;
  };
  return { parts, named };
}
