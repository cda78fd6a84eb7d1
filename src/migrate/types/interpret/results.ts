import type { Knowledge } from '../knowledge.ts';
import { holding, kind, type PythonKind } from '../value.ts';
import { elements } from './containers.ts';

/** What a word or phrase of builtins.ts means at the place `owner`, where `first` is the first argument. */
export function resultOf(known: Knowledge, text: string, owner: object, first: PythonKind): PythonKind {
  if (text === 'same') return first;
  if (text.startsWith('list of ') || text.startsWith('set of ')) {
    const [p, , inside] = text.split(' ') as ['list' | 'set', string, string];
    const part = known.list(owner, p);
    known.learn(part.of, inside === 'of' ? elements(known, first) : kind(inside));
    return holding(part);
  }
  return kind(...text.split('|'));
}
