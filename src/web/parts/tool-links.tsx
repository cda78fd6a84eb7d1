import type { WithToolLinks } from '../../api/views/shared.ts';
import { ExternalLink } from './external-link.tsx';

/** Links to the operator's own tools (-page_links). */
export function ToolLinks({ view: { toolLinks } }: { readonly view: WithToolLinks }) {
  if (!toolLinks) return null;
  return (
    <nav class="tools" aria-label="tools">
      {toolLinks.map(({ href, name }) => (
        <ExternalLink key={name} name={name} href={href} />
      ))}
    </nav>
  );
}
