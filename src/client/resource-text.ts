import type { Wire } from '../api/index.ts';

type Resource = Wire<'Resource'>;

/** A number as Python prints a float: `1.0`, not `1`; scripts compare the text. */
const floatText = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** The kinds of resources in the order of the output. Unknown kinds are left out. */
const KINDS: readonly (readonly [string, (resource: Resource) => string | undefined])[] = [
  ['CPU', ({ numCpus }) => (numCpus === undefined ? undefined : `${floatText(numCpus)} core(s)`)],
  ['RAM', ({ ramMb }) => (ramMb === undefined ? undefined : `${ramMb} MB`)],
  ['Disk', ({ diskMb }) => (diskMb === undefined ? undefined : `${diskMb} MB`)],
  ['Port', ({ namedPort }) => namedPort],
  ['GPU', ({ numGpus }) => (numGpus === undefined ? undefined : `${numGpus} GPU(s)`)],
];

/** One text for each resource, such as `CPU: 0.5 core(s)` or `RAM: 256 MB`, in the original's order. */
export const resourceTexts = (resources: readonly Resource[]): readonly string[] =>
  KINDS.flatMap(([kind, textOf]) =>
    resources.flatMap((resource) => {
      const text = textOf(resource);
      return text === undefined ? [] : [`${kind}: ${text}`];
    }),
  );
