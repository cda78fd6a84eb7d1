import type { ComponentChildren } from 'preact';

/** A part of a screen with its heading; `aside` is placed to the right of the heading. */
export function Section({
  aside,
  children,
  title,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section>
      <header class="section">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Shown instead of an empty list: says what would be here and how to get it. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

/** Names with their values. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [name: string, value: ComponentChildren] | false | undefined)[];
}) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** A number with its label in a row of cards; a link when there is more to see. */
export function Figure({
  children,
  href,
  label,
  tone = '',
}: {
  readonly label: string;
  readonly href?: string;
  readonly tone?: string;
  readonly children: ComponentChildren;
}) {
  const inside = (
    <>
      <b class={`figure ${tone}`}>{children}</b>
      <span>{label}</span>
    </>
  );
  return href === undefined ? (
    <div class="card">{inside}</div>
  ) : (
    <a class="card" href={href}>
      {inside}
    </a>
  );
}
