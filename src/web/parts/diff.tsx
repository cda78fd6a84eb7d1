import { folded, jsonLines, lineChanges } from '../text/line-diff.ts';

/** The differences between two values as lines of JSON; equal lines are folded. */
export function Diff({ after, before }: { readonly before: unknown; readonly after: unknown }) {
  const lines = folded(lineChanges(jsonLines(before), jsonLines(after)));
  if (lines.length === 1 && typeof lines[0] === 'number') return <p class="faint">They are equal.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by keys
    <pre class="diff" tabIndex={0}>
      {lines.map((line, at) =>
        typeof line === 'number' ? (
          <span key={at} class="fold">{`⋯ ${line} equal ${line === 1 ? 'line' : 'lines'}\n`}</span>
        ) : (
          <span key={at} class={line[0] === '+' ? 'come' : line[0] === '-' ? 'gone' : ''}>
            {`${line[0]} ${line[1]}\n`}
          </span>
        ),
      )}
    </pre>
  );
}

/** A value as JSON. */
export function Json({ value }: { readonly value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
    <pre class="json" tabIndex={0}>
      {jsonLines(value).join('\n')}
    </pre>
  );
}
