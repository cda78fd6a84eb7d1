/** A link to another site. Only http(s) addresses become links, since others could run scripts. */
export function ExternalLink({ href, name }: { readonly name: string; readonly href: string }) {
  return /^https?:\/\//i.test(href) ? (
    <a href={href} rel="noopener noreferrer" target="_blank">
      {name} ↗
    </a>
  ) : (
    <span>
      {name}: {href}
    </span>
  );
}
